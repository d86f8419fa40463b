import type { Contract, PlanView } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import { listItems } from '../db/outbox'
import { listSkipped } from '../db/skipped'
import { createBulk, planBulk } from '../outbox/bulk'
import { queueNote, queueReply } from '../outbox/queueComment'
import { cancelItem, markItemSent, retryItem } from '../outbox/run'
import { scheduleReply, unscheduleReply, viewScheduled } from '../outbox/scheduled'
import { findTerms, saveSendingSettings } from '../outbox/terms'
import { undoReply } from '../outbox/undo'
import { previewPlan } from '../tickets/previewPlan'
import { toDelivery } from '../tickets/toDelivery'
import type { Door } from './door'

export function outboxHandlers({
  engine,
}: Door): Pick<Handlers<Contract>, 'replies' | 'bulk' | 'outbox'> {
  const { core } = engine
  const { read } = core.db
  const bulk = createBulk(core)
  return {
    replies: {
      plan: async (request): Promise<PlanView> => previewPlan(core, request),
      send: async (input) => queueReply(core, input, { isFromDraft: true }),
      note: async (input) => queueNote(core, input, { isFromDraft: true }),
      undo: ({ commentId }) => undoReply(core, commentId),
      schedule: (input) => scheduleReply(core, input, { isFromDraft: true }),
      unschedule: ({ commentId, edit }) => unscheduleReply(core, commentId, edit),
      scheduled: () => viewScheduled(core),
    },
    bulk: {
      plan: ({ ticketIds }) => planBulk(core, ticketIds),
      // Progress is asked for by `get`; what fails for one ticket is in its result.
      start: (input) => bulk.begin(input),
      get: ({ id }) => bulk.get(id) ?? null,
      stop: ({ id }) => bulk.stop(id),
      interrupted: () => bulk.interrupted(),
      resume: ({ id }) => bulk.resume(id),
    },
    outbox: {
      list: async () => {
        const items = await listItems(read)
        const skipped = await listSkipped(
          read,
          items.map((item) => item.commentId),
        )
        return items.map((item) => toDelivery(item, skipped.get(item.commentId) ?? []))
      },
      retry: ({ id }) => retryItem(core, id),
      cancel: ({ id }) => cancelItem(core, id),
      markSent: ({ id }) => markItemSent(core, id),
      sending: async () =>
        Promise.all(
          (await engine.accounts()).map(async ({ id: accountId, address }) => {
            const { settings, traits } = await findTerms(read, accountId)
            return { accountId, address, settings, traits }
          }),
        ),
      setSending: ({ accountId, settings }) => saveSendingSettings(core.db, accountId, settings),
      selfTest: ({ accountId }) => engine.selfTest(accountId),
    },
  }
}
