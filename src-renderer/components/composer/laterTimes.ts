import type { MessageKey } from '../../i18n'

export interface LaterTime {
  readonly title: MessageKey
  /** Epoch ms. */
  readonly at: number
}

const hour = 3_600_000

/** At the full hour of the day that many days on, in the time zone of this machine, also across a change of clocks. */
function at(now: number, days: number, clock: number): number {
  const date = new Date(now)
  date.setDate(date.getDate() + days)
  date.setHours(clock, 0, 0, 0)
  return date.getTime()
}

/** When a reply may want to go out, soonest first; each of them is in the future and no two are the same. */
export function laterTimes(now: number): LaterTime[] {
  const day = new Date(now).getDay()
  const toMonday = (8 - day) % 7 || 7
  const times: LaterTime[] = [
    { title: 'composer.inHours', at: now + 2 * hour },
    { title: 'composer.thisEvening', at: at(now, 0, 18) },
    { title: 'composer.tomorrowMorning', at: at(now, 1, 9) },
    { title: 'composer.mondayMorning', at: at(now, toMonday, 9) },
  ]
  return times
    .filter(
      (one, index) => one.at > now && times.findIndex((other) => other.at === one.at) === index,
    )
    .filter(({ title, at: when }) => title !== 'composer.thisEvening' || when > now + 2 * hour)
    .sort((a, b) => a.at - b.at)
}

/** The value of a `datetime-local` field, in this machine's time zone. */
export function fieldTime(epochMs: number): string {
  const date = new Date(epochMs)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}
