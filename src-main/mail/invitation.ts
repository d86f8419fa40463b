// An invitation (RFC 5545, RFC 5546) in words. Nothing is accepted, expanded or fetched; the file itself stays attached.
import ICAL from 'ical.js'
import { cleanLine } from './fields'

const MAX_CALENDAR = 65_536
const MAX_EVENTS = 5
const MAX_GUESTS = 30
const MAX_LINE = 500

const words: Readonly<Record<string, string>> = {
  REQUEST: 'Invitation',
  CANCEL: 'Cancelled',
  REPLY: 'Answer to an invitation',
  COUNTER: 'Another time proposed',
  PUBLISH: 'Event',
}

const answers: Readonly<Record<string, string>> = {
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  TENTATIVE: 'tentative',
  DELEGATED: 'delegated',
}

const line = (text: unknown): string =>
  (typeof text === 'string' ? cleanLine(text) : '').slice(0, MAX_LINE)

/** As the organiser wrote it, with the zone they named: no desktop reads another hour into it. */
function timeOf(event: ICAL.Component, name: 'dtstart' | 'dtend'): string {
  const property = event.getFirstProperty(name)
  const time: unknown = property?.getFirstValue()
  if (property === null || !(time instanceof ICAL.Time)) return ''
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${String(time.year)}-${two(time.month)}-${two(time.day)}`
  if (time.isDate) return day
  const zone = time.zone.tzid === 'UTC' ? 'UTC' : line(property.getParameter('tzid'))
  return `${day} ${two(time.hour)}:${two(time.minute)} ${zone}`.trim()
}

function personOf(property: ICAL.Property): string {
  const address = line(property.getFirstValue()).replace(/^mailto:/i, '')
  const name = line(property.getParameter('cn'))
  const status = answers[line(property.getParameter('partstat')).toUpperCase()]
  const who = name === '' || name === address ? address : `${name} <${address}>`
  return status === undefined ? who : `${who} (${status})`
}

function describe(event: ICAL.Component, method: string): string {
  const guests = event.getAllProperties('attendee').slice(0, MAX_GUESTS).map(personOf)
  const organizer = event.getFirstProperty('organizer')
  const times = [timeOf(event, 'dtstart'), timeOf(event, 'dtend')]
  const lines: [string, string][] = [
    ['When', times.filter((time) => time !== '').join(' – ')],
    ['Repeats', event.hasProperty('rrule') ? 'yes' : ''],
    ['Where', line(event.getFirstPropertyValue('location'))],
    ['From', organizer === null ? '' : personOf(organizer)],
    ['With', guests.join(', ')],
  ]
  const title = line(event.getFirstPropertyValue('summary'))
  return [
    `${words[method] ?? 'Event'}: ${title}`,
    ...lines.filter(([, value]) => value !== '').map(([label, value]) => `${label}: ${value}`),
  ].join('\n')
}

/** The events of a calendar file as lines for people; empty when it cannot be read. Never throws. */
export function readInvitation(text: string): string {
  if (text.length > MAX_CALENDAR) return ''
  try {
    const calendar = ICAL.Component.fromString(text.trim())
    const method = line(calendar.getFirstPropertyValue('method')).toUpperCase()
    const events = calendar.getAllSubcomponents('vevent').slice(0, MAX_EVENTS)
    return events.map((event) => describe(event, method)).join('\n\n')
  } catch {
    // No calendar after all: the attachment is all there is to see.
    return ''
  }
}
