import type { MailAddress } from '#shared/model/address'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const timeOnly = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const monthYear = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

/** How long ago, as short as a list row needs it. */
export function age(at: number, now: number): string {
  const passed = now - at
  if (passed < minute) return 'now'
  if (passed < hour) return `${String(Math.floor(passed / minute))} min`
  if (passed < 12 * hour || isSameDay(at, now)) return `${String(Math.floor(passed / hour))} h`
  if (passed < 7 * day) return `${String(Math.max(1, Math.round(passed / day)))} d`
  return passed < 300 * day ? dayMonth.format(at) : monthYear.format(at)
}

/** The moment as a conversation shows it: the time today, else with the day. */
export function moment(at: number, now: number): string {
  if (isSameDay(at, now)) return timeOnly.format(at)
  if (now - at < 300 * day) return `${dayMonth.format(at)}, ${timeOnly.format(at)}`
  return `${String(new Date(at).getDate())} ${monthYear.format(at)}`
}

export function fullMoment(at: number): string {
  return full.format(at)
}

export function isoMoment(at: number): string {
  return new Date(at).toISOString()
}

export function displayName(person: MailAddress): string {
  return person.name.trim() === '' ? person.address : person.name.trim()
}

/** What one calls somebody in a button: the first name, or what stands before the @. */
export function shortName(person: MailAddress): string {
  const name = person.name.trim()
  if (name === '') return person.address.split('@')[0] ?? person.address
  if (name.includes(',')) return name.split(',')[1]?.trim().split(/\s+/)[0] ?? name
  return name.split(/\s+/)[0] ?? name
}

export function initials(person: MailAddress): string {
  const words = displayName(person)
    .replace(/["'(),<>]/g, ' ')
    .trim()
    .split(/[\s.@_-]+/)
    .filter((word) => word !== '')
  const letters = words.slice(0, 2).map((word) => Array.from(word)[0] ?? '')
  return letters.join('').toLocaleUpperCase()
}

/** A stable number below `count` for an address, to give a person always the same colour. */
export function hueOf(address: string, count: number): number {
  let sum = 7
  for (const letter of address.toLowerCase()) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return sum % count
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${String(bytes)} B`
  if (bytes < 1_000_000) return `${String(Math.round(bytes / 1000))} kB`
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** "Ann, Bo and 3 more" */
export function listOf(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? ''
  if (names.length > most) {
    return `${names.slice(0, most).join(', ')} and ${String(names.length - most)} more`
  }
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}
