import type { Database } from '../db/open'

/** An agent's write may come right behind one of the sync: while somebody works, so long at most should it wait. */
const aimMs = 80
const least = 75
const most = 400
/** Who has written nothing for so long is not at work now. */
const restMs = 10_000

export interface Pace {
  readonly size: () => number
  readonly took: (mails: number, ms: number) => void
  readonly stop: () => void
}

/**
 * How many mails to store in one write. More are cheaper, because each write touches most pages of the indexes however
 * few its rows are. While somebody works here, how many are too many depends on the machine, so it is measured.
 */
export function createPace(db: Pick<Database, 'onChange'>): Pace {
  let size = least
  let writtenAt = -Infinity
  const stop = db.onChange((changes) => {
    if (changes.some(({ origin }) => origin === 'local')) writtenAt = performance.now()
  })
  return {
    size: () => (performance.now() - writtenAt < restMs ? size : most),
    took: (mails, ms) => {
      const fitting = (mails * aimMs) / Math.max(ms, 1)
      // Half way only: one slow write (a checkpoint) says little.
      size = Math.round(Math.min(most, Math.max(least, (size + fitting) / 2)))
    },
    stop,
  }
}
