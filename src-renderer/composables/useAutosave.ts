/** Saves by key, half a second after the last touch of that key. */
export function useAutosave(
  save: (key: string) => Promise<void>,
  delay = 500,
): { touch: (key: string) => void; forget: (key: string) => void; flush: () => Promise<void> } {
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  function forget(key: string): void {
    const timer = timers.get(key)
    if (timer !== undefined) clearTimeout(timer)
    timers.delete(key)
  }

  function touch(key: string): void {
    forget(key)
    const timer = setTimeout(() => {
      timers.delete(key)
      void save(key)
    }, delay)
    timers.set(key, timer)
  }

  /** Saves what still waits; for leaving a ticket and closing the window. */
  async function flush(): Promise<void> {
    const waiting = [...timers.keys()]
    waiting.forEach(forget)
    await Promise.all(waiting.map(save))
  }

  return { touch, forget, flush }
}
