import type { MailAddress } from '#shared/model/address'
import { languageTag, t } from './i18n'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const formats = new Map<string, Intl.DateTimeFormat>()

/** Made once per language and shape: making one costs more than using it a hundred times. */
function format(name: string, options: Intl.DateTimeFormatOptions, at: number): string {
  const tag = languageTag()
  const key = `${tag} ${name}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(tag, options)
  formats.set(key, known)
  return known.format(at)
}

const timeOf = (at: number): string => format('time', { hour: '2-digit', minute: '2-digit' }, at)
const dayOf = (at: number): string => format('day', { day: 'numeric', month: 'short' }, at)
const monthOf = (at: number): string => format('month', { month: 'short', year: 'numeric' }, at)
const dateOf = (at: number): string =>
  format('date', { day: 'numeric', month: 'short', year: 'numeric' }, at)

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

/** How long ago, as short as a list row needs it. */
export function age(at: number, now: number): string {
  const passed = now - at
  if (passed < minute) return t('common.now')
  if (passed < hour) return t('common.minutes', { n: Math.floor(passed / minute) })
  if (passed < 12 * hour || isSameDay(at, now)) {
    return t('common.hours', { n: Math.floor(passed / hour) })
  }
  if (passed < 7 * day) return t('common.days', { n: Math.max(1, Math.round(passed / day)) })
  return passed < 300 * day ? dayOf(at) : monthOf(at)
}

/** The moment as a conversation shows it: the time today, else with the day. */
export function moment(at: number, now: number): string {
  if (isSameDay(at, now)) return timeOf(at)
  if (now - at < 300 * day) return `${dayOf(at)}, ${timeOf(at)}`
  return dateOf(at)
}

export function fullMoment(at: number): string {
  return format('full', { dateStyle: 'medium', timeStyle: 'short' }, at)
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

/** A count as the language of the window writes it. */
export function number(count: number): string {
  return count.toLocaleString(languageTag())
}

/** "Ann, Bo and 3 more" */
export function listOf(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? ''
  if (names.length > most) {
    const first = names.slice(0, most).join(', ')
    return t('common.andMore', { first, n: names.length - most })
  }
  return t('common.and', { first: names.slice(0, -1).join(', '), last: names.at(-1) ?? '' })
}
