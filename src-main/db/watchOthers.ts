import type { Change } from '#shared/ipc/contract'
import { log } from '../log'
import type { Database } from './open'

const intervalMs = 2_000

/** Nothing says what another process changed, only that it did: whoever shows something asks again. */
const anything: Change[] = (['ticket', 'outbox', 'session', 'policy'] as const).map((entity) => ({
  entity,
  ids: [],
  origin: 'remote',
}))

/** Notices within two seconds that another process has written to this profile, e.g. `copydesk reply` beside a window. */
export function watchOthers(
  db: Database,
  onChange: () => void,
): { start: () => void; stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    if (!(await db.hasForeignWrites())) return
    db.announce(anything)
    onChange()
  }

  return {
    start: () => {
      timer ??= setInterval(() => {
        looking = look().catch((error: unknown) => {
          log.warn('db', 'not looked for other processes', { error })
        })
      }, intervalMs)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
