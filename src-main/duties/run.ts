// Finds what a fact has made due, asks which of it is this desktop's to do, and does it.
import { AppError } from '#shared/ipc/errors'
import type { Duty } from '#shared/model/duty'
import { findPerson } from '#shared/rules/desk'
import { findDuty, listDueDuties, nextDutyAt } from '../db/duties'
import { getSetting } from '../db/settings'
import { getTicket } from '../db/tickets'
import { log } from '../log'
import { maySendScheduled, performScheduled } from '../outbox/scheduled'
import { currentDesk, findDeskKey, type Core } from '../tickets/core'
import { openMailbox } from '../tickets/mailboxes'
import { performDuty, type ReadFile } from './perform'

export interface DutiesOptions {
  /**
   * Which of these duties this desktop may do: the journal decides between desktops (architecture.md
   * §12). A desk with one desktop wins all.
   */
  readonly claim?: (duties: readonly Duty[]) => Promise<readonly Duty[]>
  readonly readFile: ReadFile
  /** False while this desktop could not send: whoever can does the duty. */
  readonly canSend?: (accountId: string) => Promise<boolean>
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

/** Another desktop does what leaves from a mailbox that is not connected here, or that this desktop cannot send from now. */
async function isOurs(core: Core, duty: Duty, { canSend }: DutiesOptions): Promise<boolean> {
  const { read } = core.db
  try {
    const { ticket } = await getTicket(read, duty.ticketId)
    const { accountId } = await openMailbox(core, read, ticket.mailbox)
    if (canSend !== undefined && !(await canSend(accountId))) return false
    return duty.kind !== 'scheduled' || (await maySendScheduled(core, read, duty))
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

export function createDuties(core: Core, options: DutiesOptions): Duties {
  const { repeatMs = firstRepeat } = options
  const claim = options.claim ?? ((duties: readonly Duty[]) => Promise.resolve(duties))
  let running: Promise<number> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  /** How often in a row not everything that is due was won. */
  let missed = 0
  const rests = createRests(core.now)

  const perform = async (duty: Duty): Promise<void> => {
    const own = options.performers?.[duty.kind]
    if (own !== undefined) await own(duty)
    else if (duty.kind === 'scheduled') await performScheduled(core, duty)
    else await performDuty(core, duty, options.readFile)
    if ((await findDuty(core.db.read, duty.key)) !== undefined) {
      throw new Error('the duty is still open after it was done')
    }
  }

  const doAll = async (): Promise<number> => {
    rests.look()
    const { read } = core.db
    const agent = await getSetting(read, 'agent')
    const key = await findDeskKey(core, read)
    if (agent === null || key === undefined) return 0
    // What a person who left the directory records counts for nothing.
    if (findPerson(await currentDesk(core, read), agent.address) === undefined) return 0
    const open: Duty[] = []
    for (const duty of await listDueDuties(read, core.now())) {
      if (!rests.has(duty) && (await isOurs(core, duty, options))) open.push(duty)
    }
    if (open.length === 0) {
      missed = 0
      return 0
    }
    let done = 0
    const won = await claim(open)
    missed = won.length < open.length ? missed + 1 : 0
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
