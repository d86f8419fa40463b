// Two processes write to one database. SQLite lets one wait for the other, but not in order: these two see to it that
// an agent's write comes next, after at most one write of the sync.
import type { Turn } from '../db/write'

/** Longer than any write of an agent: a main process that hangs must not stop the sync for good. */
const longestMs = 2_000

/** Main's writes: the first that waits says so, and the last when it is done. */
export function createPrecedence(): Turn & {
  readonly onChange: (listener: (isHeld: boolean) => void) => void
  readonly isHeld: () => boolean
} {
  let writers = 0
  let say: (isHeld: boolean) => void = () => undefined
  return {
    onChange: (listener) => {
      say = listener
    },
    isHeld: () => writers > 0,
    take: () => {
      writers += 1
      if (writers === 1) say(true)
      return Promise.resolve()
    },
    give: () => {
      writers -= 1
      if (writers === 0) say(false)
    },
  }
}

/** The sync's writes: between two of them there may be no moment at all, so it leaves one when somebody else waits. */
export function createHold(): Turn & { readonly set: (isHeld: boolean) => void } {
  let release: (() => void) | undefined
  let held: Promise<void> | undefined
  return {
    set: (isHeld) => {
      if (isHeld) {
        held ??= new Promise((resolve) => {
          const timer = setTimeout(resolve, longestMs)
          release = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        return
      }
      release?.()
      release = undefined
      held = undefined
    },
    take: async () => {
      await held
    },
    give: () => undefined,
  }
}
