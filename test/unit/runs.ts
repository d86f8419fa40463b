/** How often a property is tried: `FC_RUNS` for a longer night. A failure prints its seed. */
export const runs = { numRuns: Number(process.env.FC_RUNS ?? 10_000) }

/** Options of a test with a property in it: long runs and busy machines are no failure. */
export const patient = { timeout: 120_000 + runs.numRuns * 20 }

/** Of all characters one looks at every one, or at a sample where few runs are asked for. */
export const stride = runs.numRuns < 1_000 ? 61 : 1

/** ms of processor time this process has used: what linear time is measured by, however busy the machine. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
