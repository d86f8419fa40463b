import type { Draft } from '#shared/ipc/contract'
import { findDraft, saveDraft } from '../db/drafts'
import type { Writer } from '../db/write'
import type { Core } from '../tickets/core'

export type TakenBack = Pick<Draft, 'ticketId' | 'mode' | 'text' | 'html' | 'audience'>

/**
 * The words become the ticket's draft of their mode again; what is being written there already stays, in front. Where
 * the two were for different people, nobody is chosen any more: whoever sends them says anew who may read all of it.
 */
export async function backToDraft(core: Core, tx: Writer, back: TakenBack): Promise<void> {
  const { ticketId, mode } = back
  const before = await findDraft(tx, ticketId, mode)
  const isForTheSame = before?.audience.join() === back.audience.join()
  const joined =
    before === undefined || before.text.trim() === ''
      ? back
      : {
          audience: isForTheSame ? back.audience : [],
          text: `${before.text}\n\n${back.text}`,
          html: null,
        }
  const { text, html, audience } = joined
  await saveDraft(tx, { ticketId, mode, text, html, audience, seenRevision: null }, core.now())
  tx.changed('draft', ticketId)
}
