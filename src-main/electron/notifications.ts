// Desktop notifications: who wrote on what, never more of it than the person allowed (reliability.md H11).
import { Notification } from 'electron'
import type { News } from '#shared/model/attention'
import type { App } from '../host'
import { log } from '../log'
import { say } from './words'

export interface NotificationOptions {
  /** True while the person is looking at the window: nobody needs to be told of what they see. */
  readonly isLooking: () => boolean
  readonly open: (news: News) => void
  /** Opens it with a reply begun: who gets it is seen there before anything is sent. */
  readonly reply: (news: News) => void
  /** Gives the ticket to the person here, without a window. */
  readonly assign: (news: News) => void
}

type Act = 'reply' | 'assign'

/** The buttons of one notification, where the system has them: what is mine already needs no second. */
function actionsOf({ because }: News): readonly Act[] {
  return because === 'assigned-to-you' || because === 'your-ticket'
    ? ['reply']
    : ['reply', 'assign']
}

const buttons = { reply: 'reply', assign: 'assignMe' } as const

const burstMs = 10_000
const burst = 3

export interface Shown {
  readonly title: string
  readonly body: string
}

/** The words of one notification. */
export function wordsOf(news: News): Shown {
  const lines = [news.subject, news.text].filter((line) => line !== '')
  return { title: say(news.because, { who: news.who }), body: lines.join('\n') }
}

/** Shows what is new; returns its own end. After a few in a row it falls silent until the storm is over. */
export function notify(app: Pick<App, 'onNews'>, options: NotificationOptions): () => void {
  // One that is no longer referenced loses its click.
  const shown = new Set<Notification>()
  let recent: number[] = []
  const stop = app.onNews((news) => {
    if (options.isLooking() || !Notification.isSupported()) return
    const now = Date.now()
    recent = recent.filter((at) => now - at < burstMs)
    if (recent.length >= burst) return
    recent.push(now)
    const acts = actionsOf(news)
    const notification = new Notification({
      ...wordsOf(news),
      actions: acts.map((act) => ({ type: 'button', text: say(buttons[act]) })),
    })
    shown.add(notification)
    const forget = (): void => {
      shown.delete(notification)
    }
    notification.on('click', () => {
      forget()
      options.open(news)
    })
    notification.on('action', (_details, index) => {
      forget()
      const act = acts[index]
      if (act !== undefined) options[act](news)
    })
    notification.on('close', forget)
    notification.on('failed', (_event, error) => {
      forget()
      log.warn('window', 'notificationFailed', { error })
    })
    notification.show()
  })
  return () => {
    stop()
    for (const notification of shown) notification.close()
  }
}
