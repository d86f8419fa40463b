// Completes a mail whose window ended too early: its structure and text parts are fetched, its
// attachments still are not.
import { isTextPart, readBlocks, readReport, MAX_TEXT } from './bodies'
import { freshLengthOf, previewOf } from './fresh'
import type { ImapConnection } from './imap'
import { leavesOf } from './skeleton'
import type { ParsedMail } from './types'

type Reader = Pick<ImapConnection, 'fetchStructure' | 'fetchRawPart'>

/** The folder of `uid` must be open. Text parts are read up to 2 MiB each. */
export async function completeText(
  imap: Reader,
  uid: number,
  mail: ParsedMail,
): Promise<ParsedMail> {
  const root = await imap.fetchStructure(uid)
  const chunks: Buffer[] = []
  let size = 0
  for (const part of leavesOf(root)) {
    const isReport = root.type === 'multipart/report' && !part.type.startsWith('image/')
    if (!isTextPart(part, part === root) && !isReport) continue
    const bytes = await imap.fetchRawPart(uid, part.partId, MAX_TEXT)
    part.start = size
    part.end = size + bytes.length
    size = part.end
    chunks.push(bytes)
  }
  const skeleton = { fields: [], root, bodyStart: 0, bytes: Buffer.concat(chunks), problem: null }
  const bodies = readBlocks(skeleton, null)
  const freshLength = freshLengthOf(bodies.text)
  return {
    ...mail,
    ...bodies,
    freshLength,
    preview: previewOf(bodies.text, freshLength),
    reportDelivery: readReport(skeleton),
    isTruncated: false,
  }
}
