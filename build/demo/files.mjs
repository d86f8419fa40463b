// Attachments made in code: nobody's photo, no file to keep in the repository.
import { createHash } from 'node:crypto'
import { crc32 as nodeCrc32, deflateSync } from 'node:zlib'

const crcTable = Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})
const ownCrc32 = (bytes) => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
// Node has its own since 20.15.
const crc32 = nodeCrc32 ?? ownCrc32

const seedOf = (name) => createHash('sha256').update(name).digest()

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

function png(width, height, colourAt) {
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows.set(colourAt(x, y), y * (1 + width * 3) + 1 + x * 3)
    }
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const mix = (from, to, share) =>
  from.map((value, at) => Math.round(value + (to[at] - value) * share))

/** A lamp on a cable before an evening wall; hue and place follow from the name. */
export function photo(name, width = 480, height = 300) {
  const seed = seedOf(name)
  const wall = [40 + (seed[0] % 40), 44 + (seed[1] % 40), 60 + (seed[2] % 40)]
  const light = [255, 214 + (seed[3] % 30), 150 + (seed[4] % 60)]
  const centre = { x: width * (0.35 + (seed[5] % 30) / 100), y: height * 0.42 }
  const radius = height * 0.2
  return png(width, height, (x, y) => {
    if (Math.abs(x - centre.x) < 1.5 && y < centre.y - radius) return [20, 20, 22]
    const distance = Math.hypot(x - centre.x, y - centre.y)
    if (distance < radius) return mix(light, [255, 255, 250], 1 - distance / radius)
    return mix(wall, light, Math.max(0, 0.75 - (distance - radius) / height) ** 2)
  })
}

/** A small wordmark-like bar, for inline use. */
export const logo = (name) => {
  const [red, green, blue] = seedOf(name)
  return png(140, 28, (x, y) => {
    const isBar = x % 20 < 12 && y > 4 && y < 24 - ((x / 20) | 0) * 2
    return isBar ? [red % 160, green % 160, blue % 160] : [255, 255, 255]
  })
}

const ascii = (text) => text.replace(/[^ -~]/g, '-').replace(/[\\()]/g, '')

/** One page with a title. */
export function pdf(title) {
  const drawn = `BT /F1 18 Tf 60 760 Td (${ascii(title)}) Tj 0 -30 Td /F1 11 Tf (Lumenhaus demo) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
      '/Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const places = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places}`
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\n`
  return Buffer.from(`${text}${table}${trailer}startxref\n${text.length}\n%%EOF\n`)
}

export function log(name) {
  const seed = seedOf(name)
  const lines = Array.from({ length: 40 }, (_, at) => {
    const value = 226 + ((seed[at % 32] * (at + 3)) % 90) / 20
    return `02:${String(at).padStart(2, '0')}:00;${value.toFixed(1)};${at % 7 === 0 ? 'retry' : 'ok'}`
  })
  return Buffer.from(`time;value;state\n${lines.join('\n')}\n`)
}
