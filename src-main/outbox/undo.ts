// Undo send: a reply whose mails have not left yet, or were held on their way, becomes the ticket's draft again.
import { AppError } from '#shared/ipc/errors'
import { findByRfcIds, findHtml, listBodies } from '../db/messages'
import { listItemsOfComment, type OutboxItem } from '../db/outbox'
import type { Core } from '../tickets/core'
import { backToDraft } from './backToDraft'
import { takeStep } from './deliver'
import { isHeldBack } from './meanwhile'

const isHere = (item: OutboxItem): boolean =>
  (item.state === 'queued' && item.attempts === 0) || isHeldBack(item)

/** @throws AppError `refused` when one of its mails has left or is leaving: then none is taken back */
export async function undoReply(core: Core, commentId: string): Promise<void> {
  await core.db.write(
    'outbox.undo',
    async (tx) => {
      const items = await listItemsOfComment(tx, commentId)
      const [first] = items
      if (first === undefined)
        throw new AppError('not-found', 'There is no such reply.', { because: 'no-such-mail' })
      if (items.some((item) => !isHere(item))) {
        throw new AppError('refused', 'Too late: the reply has left.', { because: 'too-late' })
      }
      for (const item of items) {
        await takeStep(core, tx, item, { event: { type: 'cancelled' }, receiptWait: 0 })
      }
      const carrier = items.find((item) => item.kind === 'public' || item.kind === 'private')
      const [mail] = carrier === undefined ? [] : await findByRfcIds(tx, [carrier.messageId])
      if (carrier === undefined || mail === undefined) return
      const body = (await listBodies(tx, [mail.id])).get(mail.id)
      const isPublic = carrier.kind === 'public'
      await backToDraft(core, tx, {
        ticketId: first.ticketId,
        mode: isPublic ? 'public' : 'private',
        text: body?.text ?? '',
        html: (await findHtml(tx, mail.id))?.html ?? null,
        audience: isPublic ? [] : carrier.to.map((person) => person.address),
      })
    },
    { isDurable: true },
  )
}
