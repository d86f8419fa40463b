/** An agent's write may come right behind one of the sync: so long at most should it wait. */
const aimMs = 120
const least = 100
const most = 400

export interface Pace {
  readonly size: () => number
  readonly took: (mails: number, ms: number) => void
}

/**
 * How many mails to store in one write. More are cheaper, because each write touches most pages of the indexes however
 * few its rows are; how many are too many depends on the machine, so it is measured.
 */
export function createPace(): Pace {
  let size = most / 2
  return {
    size: () => size,
    took: (mails, ms) => {
      const fitting = (mails * aimMs) / Math.max(ms, 1)
      // Half way only: one slow write (a checkpoint) says little.
      size = Math.round(Math.min(most, Math.max(least, (size + fitting) / 2)))
    },
  }
}
