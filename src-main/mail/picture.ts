// What a picture is by its own bytes. Names and headers are the sender's words, and a file of some kilobytes can unpack to
// gigabytes of pixels: neither reaches the decoder of the window.

const mostPixels = 50_000_000

export interface Picture {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  readonly width: number
  readonly height: number
}

const isSizeOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** ITU T.81 B.1: segments that begin with 0xFF and a marker; the size stands in the frame header. */
function readJpeg(bytes: Buffer): Picture | null {
  let at = 2
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1)
    if (isSizeOfFrame(marker)) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
      return { type: 'image/jpeg', width, height }
    }
    // Fill bytes may stand before a marker; all markers with a size are followed by their length.
    at += marker === 0xff ? 1 : 2 + Math.max(2, bytes.readUInt16BE(at + 2))
  }
  return null
}

/** RFC 9649: lossy, lossless and extended files say their size in three ways. */
function readWebp(bytes: Buffer): Picture | null {
  const type = 'image/webp'
  const kind = bytes.toString('latin1', 12, 16)
  if (kind === 'VP8X') {
    return { type, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  }
  if (kind === 'VP8L') {
    const bits = bytes.readUInt32LE(21)
    return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (kind !== 'VP8 ') return null
  return { type, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
}

/** Kind and size of a PNG, JPEG, GIF or WebP; null for everything else, SVG above all. */
export function readPicture(bytes: Buffer): Picture | null {
  if (bytes.length < 30) return null
  const text = bytes.toString('latin1', 0, 12)
  if (text.startsWith('\x89PNG\r\n\x1a\n')) {
    return { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  }
  if (/^GIF8[79]a/.test(text)) {
    return { type: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  }
  if (text.startsWith('\xff\xd8')) return readJpeg(bytes)
  return text.startsWith('RIFF') && text.endsWith('WEBP') ? readWebp(bytes) : null
}

/** Type of a picture that may be shown: one of four harmless kinds, with at most 50 million pixels. */
export function shownPictureType(bytes: Uint8Array): Picture['type'] | null {
  const picture = readPicture(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (picture === null || picture.width * picture.height > mostPixels) return null
  return picture.type
}
