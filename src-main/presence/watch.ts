// Who is at which ticket now, told and heard through a folder of the mailbox. Connected only while somebody sits at this
// desktop's window; whatever goes wrong here stops nothing else.
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '#shared/ipc/errors'
import type { PresentPerson, Whereabouts } from '#shared/model/presence'
import { getSetting } from '../db/settings'
import { createBell } from '../journal/bell'
import { log } from '../log'
import type { Core } from '../tickets/core'
import { stay, type PresenceReach, type PresenceTimes, type Visit } from './visit'

const usualTimes: PresenceTimes = {
  ttlMs: 50_000,
  renewMs: 20_000,
  restMs: 90_000,
  quietMs: 250,
  pollMs: 2_000,
}
const longestRetryMs = 60_000

export interface PresenceOptions extends PresenceReach {
  /** False until mail could be read: a wrong password must not be tried twice. */
  readonly mayConnect?: () => boolean
  readonly times?: Partial<PresenceTimes> | undefined
}

export type Presence = ReturnType<typeof createPresence>

const errorOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

export function createPresence(core: Core, options: PresenceOptions) {
  const times = { ...usualTimes, ...options.times }
  const { read } = core.db
  const stopped = new AbortController()
  const { signal } = stopped
  const bell = createBell()
  const listeners = new Set<(people: PresentPerson[]) => void>()
  let people: PresentPerson[] = []
  let here: Whereabouts | null = null
  let toldAt = -Infinity
  let loop: Promise<void> | undefined
  let staying: Promise<unknown> | undefined

  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal, ref: false }).catch(() => undefined)
  const isStopped = (): boolean => signal.aborted
  const isAttended = (): boolean =>
    !isStopped() && here !== null && performance.now() - toldAt < times.restMs

  const show = (next: PresentPerson[]): void => {
    if (JSON.stringify(next) === JSON.stringify(people)) return
    people = next
    for (const listener of listeners) listener(next)
  }

  const visit: Visit = {
    core,
    reach: options,
    times,
    bell,
    signal,
    where: () => here,
    isAttended,
    show,
  }

  const run = async (): Promise<void> => {
    let failures = 0
    while (!isStopped()) {
      if (!isAttended() || options.mayConnect?.() === false) {
        await bell.heard()
        continue
      }
      const startedAt = performance.now()
      const visiting = errorOf(stay(visit))
      staying = visiting
      const error = await visiting
      if (isStopped()) return
      failures = performance.now() - startedAt > longestRetryMs ? 1 : failures + 1
      if (error === null && !isAttended()) continue
      const code = error instanceof AppError ? error.code : 'ended'
      if (error === null || error instanceof AppError) log.info('presence', 'interrupted', { code })
      else log.error('presence', 'failed', { error })
      await pause(Math.random() * Math.min(500 * 2 ** failures, longestRetryMs) + 100)
    }
  }

  const set = async (next: Whereabouts): Promise<void> => {
    const { presence: isOn } = await getSetting(read, 'preferences')
    const isNew = JSON.stringify(here) !== JSON.stringify(isOn ? next : null)
    const wasAttended = isAttended()
    here = isOn ? next : null
    toldAt = performance.now()
    if (isNew || !wasAttended) bell.ring()
    if (loop === undefined && isOn) loop = run()
  }

  const forget = core.db.onChange((changes) => {
    if (!changes.some((change) => change.entity === 'preferences') || here === null) return
    set(here).catch((error: unknown) => {
      log.error('presence', 'choice not read', { error })
    })
  })

  return {
    /** Where the person at this desktop is; to be repeated while they are there. */
    set,
    list: (): PresentPerson[] => people,
    onChange: (listener: (people: PresentPerson[]) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    wake: bell.ring,
    stop: async (): Promise<void> => {
      forget()
      here = null
      bell.ring()
      const over = new AbortController()
      // Taking the note back is a courtesy; a dead server must not keep a shutdown waiting.
      const limit = delay(1_500, undefined, { signal: over.signal }).catch(() => undefined)
      await Promise.race([staying ?? Promise.resolve(), limit])
      over.abort()
      stopped.abort()
      bell.ring()
      await loop
    },
  }
}
