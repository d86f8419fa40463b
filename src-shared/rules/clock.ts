// Hybrid logical clock (Kulkarni et al. 2014) as text that sorts like the order it stands for:
// 15 digits of epoch ms, 4 hex digits of counter, then the device.

const MAX_PHYSICAL = 999_999_999_999_999
const MAX_COUNTER = 0xffff
/** What another clock may be ahead of ours before we stop believing it. */
export const MAX_DRIFT_MS = 5 * 60_000
const MAX_DEVICE = 20
const FORM = /^(\d{15})-([0-9a-f]{4})-[A-Za-z0-9_-]{1,43}$/

interface Reading {
  readonly physical: number
  readonly counter: number
}

function read(hlc: string): Reading | null {
  const match = FORM.exec(hlc)
  if (match === null) return null
  return { physical: Number(match[1]), counter: Number.parseInt(match[2] ?? '0', 16) }
}

function write(physical: number, counter: number, tail: string): string {
  const safe = tail.replace(/[^A-Za-z0-9_-]/g, '_') || '_'
  const hex = counter.toString(16).padStart(4, '0')
  return `${String(physical).padStart(15, '0')}-${hex}-${safe}`
}

const whole = (ms: number) =>
  Number.isNaN(ms) ? 0 : Math.min(Math.max(Math.trunc(ms), 0), MAX_PHYSICAL)

/** Whether a text is a clock reading of ours (architecture.md §12). */
export function isHlc(text: string): boolean {
  return FORM.test(text)
}

/** The next reading: later than `last` whatever the wall clock does (HLC, send event). */
export function tick(last: string | null, nowMs: number, device: string): string {
  const now = whole(nowMs)
  const before = last === null ? null : read(last)
  const tail = device.slice(0, MAX_DEVICE)
  if (before === null || now > before.physical) return write(now, 0, tail)
  if (before.counter < MAX_COUNTER) return write(before.physical, before.counter + 1, tail)
  return write(Math.min(before.physical + 1, MAX_PHYSICAL), 0, tail)
}

/** What to tick from after seeing a remote reading; one over five minutes ahead is not adopted. */
export function receive(last: string | null, remote: string, nowMs: number): string | null {
  const seen = read(remote)
  if (seen === null || seen.physical > whole(nowMs) + MAX_DRIFT_MS) return last
  return last === null || compareHlc(last, remote) < 0 ? remote : last
}

/** Order of two readings as text: negative, zero or positive. */
export function compareHlc(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Epoch ms of a reading; 0 for a text that is none. */
export function physicalOf(hlc: string): number {
  return read(hlc)?.physical ?? 0
}

/**
 * A fact's time is the earlier of its clock and the server's INTERNALDATE (architecture.md §12). The
 * date has whole seconds, so its second counts to the end; capped readings keep their own order.
 */
export function capHlc(hlc: string, internalDateMs: number): string {
  const limit = whole(Math.floor(whole(internalDateMs) / 1000) * 1000 + 999)
  const reading = read(hlc)
  if (reading === null || reading.physical <= limit) return hlc
  return write(limit, MAX_COUNTER, hlc.slice(0, 43))
}
