// A ticket as a file: JSON for programs, or one mail that holds every comment as a mail of its own.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TicketDetail } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
import { isForCustomers } from './renderMail'
import { composeMail } from '../mail/compose'

export interface ExportOptions {
  readonly format: 'eml' | 'json'
  /** Only what requester and CCs have seen: no note, no held or private mail, no follower, no history. */
  readonly isPublicOnly: boolean
}

function publicPart(detail: TicketDetail): object {
  const { ticket, participants, comments } = detail
  const { id, key, subject, status, requester, mailbox, createdAt, updatedAt } = ticket
  return {
    ticket: { id, key, subject, status, requester, mailbox, createdAt, updatedAt },
    participants: participants
      .filter(({ role }) => role !== 'follower')
      .map(({ address, name, role }) => ({ address, name, role })),
    comments: comments
      .filter(({ visibility }) => visibility === 'public')
      .map((comment) => ({
        id: comment.id,
        author: comment.author,
        at: comment.at,
        text: comment.text,
        attachments: comment.attachments.map(({ name, type, size }) => ({ name, type, size })),
        mails: comment.deliveries
          .filter(({ kind }) => isForCustomers(kind))
          .map(({ to, cc, subject: title, messageId, state }) => ({
            to,
            cc,
            subject: title,
            messageId,
            state,
          })),
      })),
  }
}

const unknown: MailAddress = { name: '', address: 'unknown@invalid.invalid' }

async function asMail(detail: TicketDetail, { isPublicOnly }: ExportOptions): Promise<Buffer> {
  const { ticket } = detail
  const box = { name: '', address: ticket.mailbox ?? unknown.address }
  const chosen = detail.comments.filter((each) => !isPublicOnly || each.visibility === 'public')
  const parts = await Promise.all(
    chosen.map(async (comment, index) => {
      const { bytes } = await composeMail({
        from: comment.author.address === '' ? unknown : comment.author,
        to: [box],
        subject: `${comment.visibility === 'public' ? '' : `[${comment.visibility}] `}${ticket.subject}`,
        text: comment.text,
        messageId: `export.${comment.id}@copydesk.invalid`,
        date: comment.at,
      })
      const name = `${String(index + 1).padStart(3, '0')}.eml`
      return { name, type: 'message/rfc822', content: bytes }
    }),
  )
  const { bytes } = await composeMail({
    from: box,
    to: [box],
    subject: `[#${ticket.key}] ${ticket.subject}`,
    text: `${String(parts.length)} comments of ticket ${ticket.key}${isPublicOnly ? ', those that customers have seen' : ''}.\n`,
    messageId: `export.${ticket.id}@copydesk.invalid`,
    date: ticket.updatedAt,
    attachments: parts,
  })
  return bytes
}

/** Writes the file into `folder`, readable by this person only. @returns its path */
export async function exportTicket(
  folder: string,
  detail: TicketDetail,
  options: ExportOptions,
): Promise<string> {
  const { format, isPublicOnly } = options
  const content =
    format === 'eml'
      ? await asMail(detail, options)
      : `${JSON.stringify(isPublicOnly ? publicPart(detail) : detail, null, 2)}\n`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${detail.ticket.key}${isPublicOnly ? '-public' : ''}.${format}`)
  await writeFile(file, content, { mode: 0o600 })
  await chmod(file, 0o600)
  return file
}
