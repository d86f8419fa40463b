// Undo send: a reply that no server has becomes the ticket's draft again, as it was written.
import { AppError } from '#shared/ipc/errors'
import { mayTakeBack } from '#shared/rules/sending'
import { findByRfcIds, findHtml, listBodies } from '../db/messages'
import { listItemsOfComment, type OutboxItem } from '../db/outbox'
import { takeSent } from '../db/sentDrafts'
import { resolveTickets } from '../db/threads'
import type { Reader, Writer } from '../db/write'
import type { Core } from '../tickets/core'
import { backToDraft, type TakenBack } from './backToDraft'
import { takeStep } from './deliver'

type Carrier = OutboxItem & { readonly kind: 'public' | 'private' }

const isCarrier = (item: OutboxItem): item is Carrier =>
  item.kind === 'public' || item.kind === 'private'

/** What can be read in the mail itself, where its draft is not kept. */
async function fromMail(db: Reader, carrier: Carrier): Promise<Omit<TakenBack, 'ticketId'>> {
  const { kind: mode, messageId, to } = carrier
  const [mail] = await findByRfcIds(db, [messageId])
  const body = mail === undefined ? undefined : (await listBodies(db, [mail.id])).get(mail.id)
  const html = mail === undefined ? undefined : await findHtml(db, mail.id)
  const audience = mode === 'public' ? [] : to.map((person) => person.address)
  return { mode, text: body?.text ?? '', html: html?.html ?? null, audience }
}

async function giveBack(core: Core, tx: Writer, carrier: Carrier): Promise<void> {
  const owners = await resolveTickets(tx, [carrier.ticketId])
  const ticketId = owners.get(carrier.ticketId) ?? carrier.ticketId
  const written = await takeSent(tx, carrier.commentId, ticketId)
  await backToDraft(core, tx, { ...(written ?? (await fromMail(tx, carrier))), ticketId })
}

/**
 * Colleagues may have been told of it: they are told again of what is sent instead.
 * @throws AppError `refused` when a customer may have it, or it is leaving: then nothing is taken back
 */
export async function undoReply(core: Core, commentId: string): Promise<void> {
  await core.db.write(
    'outbox.undo',
    async (tx) => {
      const items = await listItemsOfComment(tx, commentId)
      if (items.length === 0)
        throw new AppError('not-found', 'There is no such reply.', { because: 'no-such-mail' })
      const carriers = items.filter(isCarrier)
      const deciding: readonly OutboxItem[] = carriers.length > 0 ? carriers : items
      if (!deciding.every(mayTakeBack)) {
        throw new AppError('refused', 'Too late: the reply has left.', { because: 'too-late' })
      }
      const [carrier] = carriers
      if (carrier !== undefined) await giveBack(core, tx, carrier)
      for (const item of items.filter(mayTakeBack)) {
        await takeStep(core, tx, item, { event: { type: 'cancelled' }, receiptWait: 0 })
      }
    },
    { isDurable: true },
  )
}
