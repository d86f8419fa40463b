// One message of the presence folder = what one desktop says of itself, signed with its key like an event of the journal.
import { createHash } from 'node:crypto'
import { signedEvent } from '#shared/model/batch'
import { presenceNote, type PresenceNote } from '#shared/model/presence'
import { deviceOf, isSignedBy, type DeviceKey } from '../journal/signing'

const CONTENT_TYPE = 'application/vnd.copydesk.presence+json'
/** A note is a few hundred bytes. */
export const MAX_NOTE = 8_192

/** The message as bytes with CRLF line ends. The subject tells a person who opens the folder what this is. */
export function encodeNote(note: PresenceNote, key: DeviceKey, mailbox: string): Buffer {
  const text = JSON.stringify(note)
  const signature = key.sign(text)
  const body = Buffer.from(JSON.stringify({ text, signature, key: key.publicKey }))
  const id = createHash('sha256')
    .update(`${signature} ${String(Date.now())}`)
    .digest('base64url')
  const lines = [
    `From: <${note.by}>`,
    `To: <${mailbox}>`,
    'Subject: Copydesk: who is at which ticket now (removed by itself)',
    `Message-ID: <cd.presence.${id.slice(0, 24)}@${mailbox.slice(mailbox.lastIndexOf('@') + 1)}>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    `Content-Type: ${CONTENT_TYPE}; v=1`,
    'Content-Transfer-Encoding: base64',
    'Auto-Submitted: auto-generated',
    '',
    body.toString('base64').replace(/.{1,76}/gu, '$&\r\n'),
  ]
  return Buffer.from(lines.join('\r\n'))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Null for whatever is not a note signed by the desktop it names: nothing depends on one. */
export function decodeNote(bytes: Buffer): PresenceNote | null {
  if (bytes.length > MAX_NOTE) return null
  const text = bytes.toString('latin1')
  const end = /\r?\n\r?\n/u.exec(text)
  if (end === null || !text.slice(0, end.index).toLowerCase().includes(CONTENT_TYPE)) return null
  const body = Buffer.from(text.slice(end.index + end[0].length), 'base64')
  const signed = signedEvent.safeParse(jsonOf(body.toString()))
  if (!signed.success) return null
  const { text: said, signature, key } = signed.data
  if (!isSignedBy(key, said, signature)) return null
  const note = presenceNote.safeParse(jsonOf(said))
  return note.success && note.data.device === deviceOf(key) ? note.data : null
}
