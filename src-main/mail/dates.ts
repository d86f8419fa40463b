// The Date field (RFC 5322 3.3), obsolete forms included. By hand, because `Date.parse` reads some of
// them in the zone of the machine: two desktops would see two times.

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'
const DATE =
  /(\d{1,2})[\s-]+([a-z]{3})[a-z]{0,6}\.?[\s-]+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([+-]\d{4}|[a-z]{1,5})?/i
const ISO = /(\d{4})-(\d{2})-(\d{2})[T\s](\d{2}):(\d{2})(?::(\d{2}))?/
// RFC 5322 4.3; military zones and unknown names count as UTC
const ZONES: Record<string, number> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
}

type Moment = { year: number; month: number; day: number; clock: string[]; zone: string }

function zoneMinutes(zone: string): number {
  if (!/^[+-]/.test(zone)) return ZONES[zone.toUpperCase()] ?? 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5))
  return zone.startsWith('-') ? -minutes : minutes
}

// RFC 5322 4.3: two digits up to 49 mean 20xx, other two or three digits 19xx
function fullYear(year: number): number {
  if (year < 50) return year + 2000
  return year < 1000 ? year + 1900 : year
}

function readMoment(text: string): Moment | null {
  const mail = DATE.exec(text)
  if (mail !== null) {
    const [, day = '', name = '', year = '', ...rest] = mail
    const month = MONTHS.indexOf(name.toLowerCase()) / 3
    const zone = rest[3] ?? ''
    return { year: fullYear(Number(year)), month, day: Number(day), clock: rest.slice(0, 3), zone }
  }
  const iso = ISO.exec(text)
  if (iso === null) return null
  const [, year = '', month = '', day = '', ...clock] = iso
  return { year: Number(year), month: Number(month) - 1, day: Number(day), clock, zone: '' }
}

const isWithin = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high

/** Epoch ms of a Date field, null when it is none. The same on every machine. */
export function readDate(raw: string): number | null {
  const moment = readMoment(raw.slice(0, 200).replace(/\([^()]*\)/g, ' '))
  if (moment === null) return null
  const { year, month, day, clock, zone } = moment
  const [hour = 0, minute = 0, second = 0] = clock.map((part) => Number(part || 0))
  const isDay = isWithin(month, 0, 11) && isWithin(day, 1, 31)
  const isTime = isWithin(hour, 0, 24) && isWithin(minute, 0, 59) && isWithin(second, 0, 60)
  if (!isDay || !isTime) return null
  return Date.UTC(year, month, day, hour, minute, second) - zoneMinutes(zone) * 60_000
}
