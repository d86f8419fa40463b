import type { Parameter, Writer } from './write'

/** SQLite takes 32,766 bound values in one statement. */
const mostValues = 30_000

interface Into {
  readonly into: string
  readonly columns: readonly string[]
  /** What follows the values, e.g. what becomes of a row that is there. */
  readonly otherwise: string
}

/**
 * Inserts rows in as few statements as can be. Values are bound: out of one JSON document each column would render and
 * read its row anew, which for a mail takes three times as long.
 */
export async function upsertRows(
  tx: Writer,
  { into, columns, otherwise }: Into,
  rows: readonly (readonly Parameter[])[],
): Promise<void> {
  const names = columns.map((column) => `"${column}"`).join(', ')
  const row = `(${columns.map(() => '?').join(', ')})`
  const size = Math.floor(mostValues / columns.length)
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size)
    const values = Array.from(part, () => row).join(', ')
    await tx.run(`${into} (${names}) VALUES ${values} ${otherwise}`, part.flat())
  }
}

export async function insertRows(
  tx: Writer,
  into: string,
  columns: readonly string[],
  rows: readonly (readonly Parameter[])[],
): Promise<void> {
  await upsertRows(tx, { into, columns, otherwise: '' }, rows)
}
