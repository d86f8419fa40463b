import { api } from '../api'
import type { Later } from '../composables/drafting'
import { fullMoment } from '../format'
import { t } from '../i18n'
import { useNoticesStore } from './notices'
import { freshWriting, type Writing } from './writing'

/** Offers to take back what has just been handed to main, for as long as that can be done. */
export function useTakeBack(writings: Map<string, Writing>) {
  const notices = useNoticesStore()

  function restore(ticketId: string, sent: Writing): void {
    const { text, html, audience, mentions, seenRevision } = sent
    const writing = writings.get(ticketId) ?? freshWriting(sent.mode)
    if (writing.text !== '') return
    const back = { text, html, audience, mentions, seenRevision }
    writings.set(ticketId, { ...freshWriting(sent.mode), ...back })
    if (sent.files.length > 0) notices.show(t('composer.filesGone'))
  }

  /** The toast stays as long as the reply can be taken back. */
  function offerUndo(ticketId: string, sent: Writing, undoMs: number): void {
    const undo = async (): Promise<void> => {
      const isBack = await notices.attempt(() => api.replies.undo({ commentId: sent.sendId }))
      if (isBack) restore(ticketId, sent)
    }
    const words = t('composer.sendingIn', { n: undoMs / 1_000 })
    notices.show(words, () => void undo(), undoMs)
  }

  function offerUnschedule(ticketId: string, sent: Writing, later: Later): void {
    const undo = async (): Promise<void> => {
      const isBack = await notices.attempt(() =>
        api.replies.unschedule({ commentId: sent.sendId, edit: true }),
      )
      if (isBack) restore(ticketId, sent)
    }
    notices.show(t('composer.isLater', { when: fullMoment(later.sendAt) }), () => void undo())
  }

  return { offerUndo, offerUnschedule }
}
