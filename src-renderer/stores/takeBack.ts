import { api } from '../api'
import { fullMoment } from '../format'
import { t } from '../i18n'
import { useNoticesStore } from './notices'
import type { Writing } from './writing'

interface Sent {
  readonly writing: Pick<Writing, 'sendId' | 'mode' | 'later'>
  readonly undoMs: number
  /** Does it and brings the text back into the composer. */
  readonly takeBack: (undo: () => Promise<unknown>) => Promise<void>
}

/** Offers to take back what has just been handed to main, for as long as that can be done. */
export function offerTakeBack({ writing, undoMs, takeBack }: Sent): void {
  const notices = useNoticesStore()
  const { sendId: commentId, mode, later } = writing

  const undo = (): Promise<unknown> =>
    notices.attempt(() => takeBack(() => api.replies.undo({ commentId })))

  const unschedule = (): Promise<unknown> =>
    notices.attempt(() => takeBack(() => api.replies.unschedule({ commentId, edit: true })))

  if (later !== null) {
    notices.show(t('composer.isLater', { when: fullMoment(later.sendAt) }), () => void unschedule())
  } else if (mode !== 'internal' && undoMs > 0) {
    // The toast stays as long as the reply can be taken back.
    notices.show(t('composer.sendingIn', { n: undoMs / 1_000 }), () => void undo(), undoMs)
  }
}
