// What a mail is besides text: encrypted, signed, packed by Outlook, an answer of a machine. Only said, never undone:
// nothing is decrypted, unpacked, joined or fetched here (reliability.md B13, B17, B18).
import type { MailMark } from '#shared/model/message'
import { declaredName } from './attachments'
import type { Bodies } from './bodies'
import { leavesOf, type Part, type Skeleton } from './skeleton'

const isSmime = (part: Part): boolean => /^application\/(?:x-)?pkcs7-mime$/.test(part.type)

function protectionOf(root: Part, leaves: readonly Part[], text: string): MailMark[] {
  const protocol = root.params.get('protocol')?.toLowerCase() ?? ''
  const isPgp = protocol.includes('pgp')
  const [first] = leaves
  if (root.type === 'multipart/encrypted') return [isPgp ? 'encrypted-pgp' : 'encrypted-smime']
  if (root.type === 'multipart/signed') return [isPgp ? 'signed-pgp' : 'signed-smime']
  if (first !== undefined && isSmime(first)) {
    const kind = first.params.get('smime-type')?.toLowerCase() ?? ''
    return [kind.startsWith('signed') ? 'signed-smime' : 'encrypted-smime']
  }
  const start = text.slice(0, 4_096)
  if (start.includes('-----BEGIN PGP MESSAGE-----')) return ['encrypted-pgp']
  return start.includes('-----BEGIN PGP SIGNED MESSAGE-----') ? ['signed-pgp'] : []
}

function reportOf(root: Part): MailMark[] {
  if (root.type !== 'multipart/report') return []
  const kind = root.params.get('report-type')?.toLowerCase() ?? ''
  const has = (type: string): boolean => leavesOf(root).some((part) => part.type === type)
  if (kind === 'disposition-notification' || has('message/disposition-notification')) {
    return ['read-receipt']
  }
  return kind === 'feedback-report' || has('message/feedback-report') ? ['complaint'] : []
}

/** Everything remarkable about how a mail is made, in a fixed order. */
export function marksOf(
  { root }: Skeleton,
  { text, isCut }: Pick<Bodies, 'text' | 'isCut'>,
): MailMark[] {
  const leaves = leavesOf(root)
  const has = (matches: (part: Part) => boolean): boolean => leaves.some(matches)
  const marks = [...protectionOf(root, leaves, text), ...reportOf(root)]
  const isTnef = (part: Part): boolean =>
    /^application\/(?:vnd\.)?ms-tnef$/.test(part.type) ||
    declaredName(part).toLowerCase() === 'winmail.dat'
  if (has(isTnef)) marks.push('has-tnef')
  if (has((part) => part.type === 'text/calendar')) marks.push('has-invitation')
  if (root.type === 'message/partial') marks.push('is-fragment')
  if (has((part) => part.type === 'message/external-body')) marks.push('has-external-part')
  if (isCut) marks.push('text-cut')
  return marks
}
