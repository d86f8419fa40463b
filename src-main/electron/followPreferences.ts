import { preferences, type Preferences } from '#shared/model/preferences'
import type { App } from '../host'
import { log } from '../log'
import { isChangeOf } from './isChangeOf'

/**
 * Tells of the preferences at once and whenever `part` of them has become another.
 * @returns its own end
 */
export function followPreferences(
  app: Pick<App, 'serve' | 'onEvent'>,
  tell: (current: Preferences) => void,
  part: (current: Preferences) => unknown,
): () => void {
  let known: string | undefined
  const look = async (): Promise<void> => {
    const answer = await app.serve('preferences.get', undefined)
    if (!answer.ok) {
      log.warn('window', 'preferencesUnread', { code: answer.error.code })
      return
    }
    const current = preferences.parse(answer.value)
    const now = JSON.stringify(part(current))
    if (now === known) return
    known = now
    tell(current)
  }
  const lookSoon = (): void => {
    look().catch((error: unknown) => {
      log.error('window', 'preferencesUnread', { error })
    })
  }
  lookSoon()
  return app.onEvent((event) => {
    if (isChangeOf(event, 'preferences')) lookSoon()
  })
}
