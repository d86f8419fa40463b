// The header lines of every part of a mail we have written, for whoever must read all of it. Our own
// mails only: their boundaries are known, and nothing in them is malformed.
import { decodeText, readFieldLine, readParameterValue } from './fields'

const boundaryLine = /^--=_copydesk[\w-]*$/

function linesOf(bytes: Buffer): string[] {
  const lines: string[] = []
  let isHeader = true
  for (const line of bytes.toString('latin1').split(/\r?\n/)) {
    if (boundaryLine.test(line)) isHeader = true
    else if (isHeader && line === '') isHeader = false
    else if (isHeader && /^[ \t]/.test(line) && lines.length > 0)
      lines.push(`${lines.pop() ?? ''}${line}`)
    else if (isHeader) lines.push(line)
  }
  return lines
}

/** Every header line as it stands, and decoded with its parameters (RFC 2047, RFC 2231): file names, Content-ID, descriptions. */
export function readAllHeaders(bytes: Buffer): string {
  const texts = linesOf(bytes).flatMap((line) => {
    const raw = Buffer.from(line, 'latin1').toString('utf8')
    const field = readFieldLine(line)
    if (field === null) return [raw]
    const parameters = field.name.toLowerCase().startsWith('content-')
      ? [...readParameterValue(field.value).params.values()]
      : []
    return [raw, `${field.name}: ${decodeText(field.value)}`, ...parameters]
  })
  return texts.join('\r\n')
}
