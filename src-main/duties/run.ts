// Finds what a fact has made due, asks which of it is this desktop's to do, and does it.
import type { Duty } from '#shared/model/duty'
import { findPerson } from '#shared/rules/desk'
import { findDuty, nextDutyAt } from '../db/duties'
import { getSetting } from '../db/settings'
import { log } from '../log'
import { performScheduled } from '../outbox/scheduled'
import { currentDesk, findDeskKey, type Core } from '../tickets/core'
import { findOpenDuties } from './open'
import { performDuty, type ReadFile } from './perform'

export interface DutiesOptions {
  /**
   * Which of these duties this desktop may do, `most` of them at most: the journal decides between desktops
   * (architecture.md §12). A desk with one desktop wins all.
   */
  readonly claim?: (duties: readonly Duty[], most: number) => Promise<readonly Duty[]>
  readonly readFile: ReadFile
  /** False while this desktop could not send: whoever can does the duty. */
  readonly canSend?: (accountId: string) => Promise<boolean>
  /** How many mails this desktop could send of an account soon: what it claims beyond that would wait, and others be idle. */
  readonly room?: (accountId: string) => Promise<number>
  /** ms until what was not won is asked for again, at first: the journal could not be read, or its holder has ended. */
  readonly repeatMs?: number
  /** How to do kinds that are not a mail planned from the ticket alone, by kind. */
  readonly performers?: Partial<Record<Duty['kind'], (duty: Duty) => Promise<unknown>>>
}

export interface Duties {
  /** Does everything that is due and won; resolves when nothing is left to do now. */
  readonly flush: () => Promise<number>
  /** Looks soon, and again whenever the next duty becomes due. */
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

const soon = 150
const minute = 60_000
const longestTimer = 10 * minute
const firstRepeat = 10_000
/** A desktop that has died is succeeded so soon after its lease. */
const longestRepeat = minute
const firstRest = 10_000

/** Duties that failed are left alone for a while, each time longer. */
function createRests(now: () => number) {
  const resting = new Map<string, { until: number; times: number }>()
  let lookedAt = -Infinity
  return {
    has: ({ key }: Duty): boolean => now() < (resting.get(key)?.until ?? 0),
    add: (duty: Duty, error: unknown): void => {
      const times = (resting.get(duty.key)?.times ?? 0) + 1
      const until = now() + Math.min(firstRest * 2 ** (times - 1), 60 * minute)
      resting.set(duty.key, { until, times })
      log.warn('duties', 'put off', { duty: duty.kind, times, error })
    },
    remove: ({ key }: Duty): void => {
      resting.delete(key)
    },
    /** What is over now is about to be tried: it ends no more. */
    look: (): void => {
      lookedAt = now()
    },
    /** Epoch ms at which the first is over that was not at the last look; Infinity when there are none. */
    firstEnd: (): number =>
      Math.min(...[...resting.values()].map(({ until }) => until).filter((end) => end > lookedAt)),
  }
}

export function createDuties(core: Core, options: DutiesOptions): Duties {
  const { repeatMs = firstRepeat } = options
  const claim =
    options.claim ??
    ((duties: readonly Duty[], most: number) => Promise.resolve(duties.slice(0, most)))
  let running: Promise<number> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  /** How often in a row not everything that is due was won. */
  let missed = 0
  const rests = createRests(core.now)
  const asked = { canSend: options.canSend, mayDo: (duty: Duty) => !rests.has(duty) }

  const perform = async (duty: Duty): Promise<void> => {
    const own = options.performers?.[duty.kind]
    if (own !== undefined) await own(duty)
    else if (duty.kind === 'scheduled') await performScheduled(core, duty)
    else await performDuty(core, duty, options.readFile)
    if ((await findDuty(core.db.read, duty.key)) !== undefined) {
      throw new Error('the duty is still open after it was done')
    }
  }

  /** Those of one account that are won. */
  const win = async (accountId: string, open: readonly Duty[]): Promise<readonly Duty[]> => {
    const room = (await options.room?.(accountId)) ?? Infinity
    return room > 0 ? claim(open, room) : []
  }

  const doAll = async (): Promise<number> => {
    rests.look()
    const { read } = core.db
    const agent = await getSetting(read, 'agent')
    const key = await findDeskKey(core, read)
    if (agent === null || key === undefined) return 0
    // What a person who left the directory records counts for nothing.
    if (findPerson(await currentDesk(core, read), agent.address) === undefined) return 0
    let done = 0
    let areLeft = false
    for (const [accountId, open] of await findOpenDuties(core, asked)) {
      const won = await win(accountId, open)
      areLeft ||= won.length < open.length
      for (const duty of won) {
        if (isStopped) break
        try {
          await perform(duty)
          rests.remove(duty)
          done += 1
        } catch (error) {
          rests.add(duty, error)
        }
      }
    }
    // Whoever got something goes on soon: there was no room for more.
    missed = areLeft ? (done > 0 ? 1 : missed + 1) : 0
    return done
  }

  const flush = (): Promise<number> => {
    running ??= doAll().finally(() => {
      running = undefined
    })
    return running
  }

  const schedule = async (): Promise<void> => {
    if (isStopped) return
    const now = core.now()
    const next = await nextDutyAt(core.db.read, now)
    const again = Math.min(repeatMs * 2 ** (missed - 1), longestRepeat)
    const at = Math.min(next ?? Infinity, missed === 0 ? Infinity : now + again, rests.firstEnd())
    if (at === Infinity || timer !== undefined) return
    later(Math.min(Math.max(at - now, soon), longestTimer))
  }

  const later = (ms: number): void => {
    clearTimeout(timer)
    if (isStopped) return
    timer = setTimeout(() => {
      timer = undefined
      flush()
        .catch((error: unknown) => {
          missed += 1
          log.error('duties', 'run failed', { error })
        })
        .then(schedule)
        .catch((error: unknown) => {
          log.error('duties', 'not planned', { error })
        })
    }, ms)
  }

  return {
    flush,
    wake: () => {
      later(soon)
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running?.catch(() => undefined)
    },
  }
}
