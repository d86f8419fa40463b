/** One measured line: what, how much, and how it compares with the floor measured in the same run. */
export interface Line {
  readonly what: string
  readonly value: string
  readonly beside?: string
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

export function ratio(value: number, floor: number): string {
  return `${(value / floor).toFixed(1)}×`
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function print(title: string, lines: readonly Line[]): void {
  const width = Math.max(...lines.map((line) => line.what.length))
  const rows = lines.map(
    ({ what, value, beside }) =>
      `  ${what.padEnd(width)}  ${value.padStart(14)}${beside === undefined ? '' : `  ${beside}`}`,
  )
  process.stdout.write(`\n${title}\n${rows.join('\n')}\n`)
}
