/** A bell that any number of waiters hear. */
export function createBell(): { ring: () => void; heard: () => Promise<void> } {
  let ring: () => void = () => undefined
  let heard = new Promise<void>((resolve) => (ring = resolve))
  return {
    ring: () => {
      ring()
      heard = new Promise<void>((resolve) => (ring = resolve))
    },
    heard: () => heard,
  }
}

export type Bell = ReturnType<typeof createBell>
