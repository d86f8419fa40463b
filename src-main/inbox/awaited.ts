// A colleague's reply is known from the journal before its mail is here. That mail moves from INBOX to Sent within moments,
// and IDLE on INBOX may miss both; so the folders are looked at again, a few times, until it has come.
import type { Change } from '#shared/ipc/contract'
import { listAwaitingMail } from '../db/awaitedMails'
import { log } from '../log'
import type { Core } from '../tickets/core'

/** ms between looks; whatever has not come by then is found by the usual poll. */
const patience = [250, 1_000, 3_000, 9_000]
/** More tickets at once are a desk being read for the first time. */
const atOnce = 20
/** A mail of an older reply is lost rather than late. */
const recentMs = 10 * 60_000

export function createAwaited(core: Core, look: () => void): { readonly stop: () => void } {
  let waiting: readonly string[] = []
  let looks = 0
  let timer: NodeJS.Timeout | undefined

  const lookOnce = async (): Promise<void> => {
    timer = undefined
    waiting = await listAwaitingMail(core.db.read, waiting, core.now() - recentMs)
    if (waiting.length === 0) return
    look()
    soon()
  }
  const soon = (): void => {
    const wait = patience[looks]
    if (wait === undefined || timer !== undefined) return
    looks += 1
    timer = setTimeout(() => {
      lookOnce().catch((error: unknown) => {
        log.error('inbox', 'not looked for a reply', { error })
      })
    }, wait)
  }

  const forget = core.db.onChange((changes: readonly Change[]) => {
    const ids = changes
      .filter(({ entity, origin }) => entity === 'ticket' && origin === 'remote')
      .flatMap((change) => change.ids)
    if (ids.length === 0 || ids.length > atOnce) return
    waiting = [...new Set([...waiting, ...ids])]
    looks = 0
    soon()
  })

  return {
    stop: () => {
      forget()
      clearTimeout(timer)
      timer = undefined
      looks = patience.length
    },
  }
}
