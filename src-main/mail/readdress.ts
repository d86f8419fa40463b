// Writes other people into To and Cc of a mail that is composed already; not a byte else changes.
import { composeMail } from './compose'
import type { MailAddress } from './types'

const blank = { from: { name: '', address: 'x@x.invalid' }, messageId: 'x@x.invalid', date: 0 }

/** Header fields with their folded lines, each with its line end. */
const fieldsOf = (head: string): string[] => head.split(/(?<=\r\n)(?![ \t])/)

const isAddressee = (field: string): boolean => /^(?:to|cc):/i.test(field)

/**
 * The same mail to these people (RFC 5322 §3.6.3).
 * @throws AppError `invalid-input` when nobody is left or an address is none
 */
export async function readdress(
  bytes: Buffer,
  people: { readonly to: readonly MailAddress[]; readonly cc: readonly MailAddress[] },
): Promise<Buffer> {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) throw new Error('a mail without the end of its header')
  const fields = fieldsOf(bytes.subarray(0, end + 2).toString('latin1'))
  const sample = await composeMail({ ...blank, ...people, subject: '', text: '' })
  const sampleText = sample.bytes.toString('latin1')
  const fresh = fieldsOf(sampleText.slice(0, sampleText.indexOf('\r\n\r\n') + 2)).filter(
    isAddressee,
  )
  const at = fields.findIndex(isAddressee)
  const others = fields.filter((field) => !isAddressee(field))
  others.splice(at < 0 ? others.length : at, 0, ...fresh)
  return Buffer.concat([Buffer.from(others.join(''), 'latin1'), bytes.subarray(end + 2)])
}
