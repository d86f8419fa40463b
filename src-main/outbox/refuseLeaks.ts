import { AppError } from '#shared/ipc/errors'
import type { Desk } from '#shared/model/desk'
import { hiddenFollowers } from '#shared/rules/hidden'
import { findLeaks, type FinalText, type Secrets } from '#shared/rules/leak'
import { listBodies } from '../db/messages'
import type { StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'
import { parseMail } from '../mail/parse'
import { readAllHeaders } from '../mail/partHeaders'

/** Names and texts of this ticket that no customer may read (participants.md §3, last rule). */
export async function secretsOf(
  db: Reader,
  { desk, stored }: { desk: Desk; stored: StoredTicket },
  writing: { agentAddress: string; text: string },
): Promise<Secrets> {
  const isPublic = new Set(
    stored.comments.filter((c) => c.visibility === 'public').map((c) => c.id),
  )
  const bodies = await listBodies(
    db,
    stored.comments.flatMap((c) => (c.mailId === null ? [] : [c.mailId])),
  )
  const textOf = (c: (typeof stored.comments)[number]): string =>
    c.text ?? bodies.get(c.mailId ?? '')?.text ?? ''
  return {
    followers: hiddenFollowers(desk, stored, writing.agentAddress),
    privateTexts: stored.comments.filter((c) => !isPublic.has(c.id)).map(textOf),
    publicTexts: [
      writing.text,
      stored.ticket.subject,
      ...stored.comments.filter((c) => isPublic.has(c.id)).map(textOf),
    ],
  }
}

const sentences = {
  'follower-address': 'names a follower’s address',
  'follower-name': 'names a follower',
  'private-text': 'quotes a private comment',
} as const

/** @throws AppError `refused` saying what would be told */
export function refuseTelling(finalText: FinalText, secrets: Secrets): void {
  const leaks = findLeaks(finalText, secrets)
  const [leak] = leaks
  if (leak === undefined) return
  const { kind: because, what } = leak
  throw new AppError(
    'refused',
    `Not sent: this mail ${sentences[because]} (“${what}”). Take it out, or make it an internal note.`,
    { because, what, leaks },
  )
}

/**
 * The last look at a customer's mail, on its final bytes.
 * @throws AppError `refused` saying what would leak; nothing is queued then
 */
export function refuseLeaks(bytes: Buffer, secrets: Secrets): void {
  const { text, html, subject } = parseMail(bytes)
  const headers = `${readAllHeaders(bytes)}\r\n${subject}`
  refuseTelling({ headers, decodedBodies: html === null ? [text] : [text, html] }, secrets)
}
