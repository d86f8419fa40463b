import type { Draft } from '#shared/ipc/contract'
import { findDraft, saveDraft } from '../db/drafts'
import type { Writer } from '../db/write'
import type { Core } from '../tickets/core'

type TakenBack = Pick<Draft, 'ticketId' | 'mode' | 'text' | 'html' | 'audience'>

const isForTheSame = (one: TakenBack, other: TakenBack): boolean =>
  one.mode === other.mode && one.audience.join() === other.audience.join()

/**
 * The words become the ticket's draft; what is being written there already stays, in front. Words for
 * different eyes become a note together, so that whoever sends them says anew who may read all of it.
 */
export async function backToDraft(core: Core, tx: Writer, back: TakenBack): Promise<void> {
  const before = await findDraft(tx, back.ticketId)
  const isAlone = before === undefined || before.text.trim() === ''
  const joined = isAlone
    ? back
    : {
        ...(isForTheSame(before, back) ? back : { mode: 'internal' as const, audience: [] }),
        text: `${before.text}\n\n${back.text}`,
        html: null,
      }
  const { mode, audience, text, html } = joined
  const { ticketId } = back
  await saveDraft(tx, { ticketId, mode, text, html, audience, seenRevision: null }, core.now())
  tx.changed('draft', ticketId)
}
