// The planned mails of a comment become final bytes in the outbox. From here on nothing is computed again: what is stored
// is what is sent.
import { AppError } from '#shared/ipc/errors'
import type { OutgoingFile } from '#shared/model/customerMail'
import type { Desk } from '#shared/model/desk'
import { isInternal } from '#shared/rules/desk'
import { humanKey } from '#shared/rules/linked'
import { newId } from '../db/ids'
import { insertOutboxItem } from '../db/outbox'
import type { StoredTicket } from '../db/tickets'
import type { Writer } from '../db/write'
import type { Core } from '../tickets/core'
import type { MailPlan, MailToSend } from '../tickets/planMails'
import { refuseLeaks, secretsOf } from './refuseLeaks'
import { isForCustomers, renderMail, type RenderContext } from './renderMail'
import { storeOwnMail } from './storeOwnMail'
import { findTerms } from './terms'

/** What an agent wrote, ready to be put into mails. */
export interface CommentToSend {
  readonly id: string
  readonly kind: 'public' | 'note' | 'private'
  readonly text: string
  readonly html: string | null
  readonly files: readonly OutgoingFile[]
  readonly audience: readonly string[]
}

function isInside(desk: Desk, projected: StoredTicket, mail: MailToSend): boolean {
  return mail.to.every(({ address }) => isInternal(desk, humanKey({ desk, projected }, address)))
}

/** What the server will not take is said now, while the agent can still do something about it (RFC 1870). */
function refuseOversize(size: number, maxSize: number): void {
  if (maxSize === 0 || size <= maxSize) return
  const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(1)
  throw new AppError(
    'refused',
    `This mail is ${mib(size)} MB and the mail server takes at most ${mib(maxSize)} MB: leave out a file.`,
    { because: 'too-big', size, maxSize },
  )
}

export interface MailJob {
  readonly context: RenderContext
  readonly plan: MailPlan
  readonly comment: CommentToSend
  readonly projected: StoredTicket
  /** The ticket once the comment is on it: with those who follow because of it. */
  readonly after: StoredTicket
  readonly accountId: string
  /** ms during which they can be taken back. */
  readonly undoMs: number
  readonly dutyKey: string | null
  readonly isBulk: boolean
}

/** @throws AppError `refused` when a mail would tell customers what they must not know, or is too big */
export async function queueMails(core: Core, tx: Writer, job: MailJob): Promise<void> {
  const { context, plan, comment, projected, after, accountId, undoMs, dutyKey, isBulk } = job
  const { traits } = await findTerms(tx, accountId)
  const ticketId = projected.ticket.id
  const { desk, agent } = context
  const writing = { agentAddress: agent.address, text: comment.text }
  const secrets = await secretsOf(tx, { desk, stored: after }, writing)
  for (const mail of plan.mails) {
    const rendered = await renderMail(context, projected, { mail, comment })
    if (isForCustomers(mail.kind)) refuseLeaks(rendered.bytes, secrets)
    // The chosen people may read what is private here, but who follows is nobody's business.
    if (mail.kind === 'private' && !isInside(desk, projected, mail)) {
      refuseLeaks(rendered.bytes, { ...secrets, privateTexts: [] })
    }
    if (mail.kind === 'public' || mail.kind === 'private') {
      await storeOwnMail(core, tx, { bytes: rendered.bytes, accountId })
    }
    refuseOversize(rendered.bytes.length, traits.maxSize)
    await insertOutboxItem(tx, {
      id: newId(),
      accountId,
      ticketId,
      commentId: comment.id,
      kind: mail.kind,
      messageId: mail.messageId,
      subject: rendered.subject,
      to: [...mail.to],
      cc: [...mail.cc],
      bytes: rendered.bytes,
      nextAt: context.now + undoMs,
      queuedAt: context.now,
      dutyKey,
      isBulk,
    })
  }
}
