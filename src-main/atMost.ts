/** Waits for `work`, but no longer than `ms`; whether it fails is for others to hear. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let limit: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    limit = setTimeout(resolve, ms)
  })
  await Promise.race([work.catch(() => undefined), late])
  clearTimeout(limit)
}
