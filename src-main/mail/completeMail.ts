// Completes mails whose window ended too early. Attachments are still not fetched: what is missing is
// their list, and now and then text that stands behind a large one.
import { isTextPart, listAttachments, MAX_TEXT, readBlocks, textOf } from './bodies'
import { readBounce } from './bounce'
import { readFresh } from './fresh'
import { marksOf } from './marks'
import type { ImapConnection } from './imap'
import { leavesOf, readSkeleton, type Part } from './skeleton'
import type { FetchedMail, ParsedMail } from './types'

type Reader = Pick<ImapConnection, 'fetchStructures' | 'fetchRawPart'>

// What the window holds from its first to its last byte; the last leaf is the one that was cut.
function wholeParts(window: Buffer | null): ReadonlySet<string> {
  if (window === null) return new Set()
  const { root, bytes } = readSkeleton(window)
  return new Set(
    leavesOf(root)
      .filter((part) => part.end < bytes.length)
      .map((part) => part.partId),
  )
}

function isRead(part: Part, root: Part): boolean {
  const isReport = root.type === 'multipart/report' && !part.type.startsWith('image/')
  return isReport || isTextPart(part, part === root)
}

async function withTexts(imap: Reader, uid: number, root: Part, mail: ParsedMail) {
  const chunks: Buffer[] = []
  let size = 0
  for (const part of leavesOf(root).filter((leaf) => isRead(leaf, root))) {
    const bytes = await imap.fetchRawPart(uid, part.partId, MAX_TEXT)
    part.start = size
    part.end = size + bytes.length
    size = part.end
    chunks.push(bytes)
  }
  const skeleton = { fields: [], root, bodyStart: 0, bytes: Buffer.concat(chunks), problem: null }
  const { isCut, ...bodies } = readBlocks(skeleton, null)
  const isAnswer = mail.inReplyTo.length + mail.references.length > 0
  return {
    ...mail,
    ...bodies,
    ...readFresh(bodies.text, isAnswer),
    // Who sent it is in the header, which was read with the window.
    reportDelivery: mail.reportDelivery ?? readBounce(skeleton, bodies.text, textOf),
    marks: marksOf(skeleton, { text: bodies.text, isCut }),
    isTruncated: false,
  }
}

export type CutMail = { uid: number; window: FetchedMail['window'] | null; parsed: ParsedMail }

/**
 * Completes mails of the open folder: one question for the structure of all, and text parts (up to
 * 2 MiB each) only where the window did not hold them. A mail that is gone stays as it is.
 */
export async function completeMails(
  imap: Reader,
  mails: readonly CutMail[],
): Promise<ParsedMail[]> {
  if (mails.length === 0) return []
  const structures = await imap.fetchStructures(mails.map((mail) => mail.uid))
  const completed: ParsedMail[] = []
  for (const { uid, window, parsed } of mails) {
    const root = structures.get(uid)
    if (root === undefined) {
      completed.push(parsed)
      continue
    }
    const whole = wholeParts(window)
    const isTextHere = leavesOf(root).every((part) => !isRead(part, root) || whole.has(part.partId))
    completed.push(
      isTextHere
        ? { ...parsed, attachments: listAttachments(root), isTruncated: false }
        : await withTexts(imap, uid, root, parsed),
    )
  }
  return completed
}

/** Completes one mail; see `completeMails`. */
export async function completeText(
  imap: Reader,
  uid: number,
  parsed: ParsedMail,
): Promise<ParsedMail> {
  const [completed] = await completeMails(imap, [{ uid, window: null, parsed }])
  return completed ?? parsed
}
