/** Runs `work` one at a time; a call during a run joins it. */
export function single<T>(work: () => Promise<T>): {
  run: () => Promise<T>
  idle: () => Promise<void>
} {
  let running: Promise<T> | undefined
  return {
    run: () => {
      running ??= work().finally(() => {
        running = undefined
      })
      return running
    },
    idle: async () => {
      await running?.catch(() => undefined)
    },
  }
}
