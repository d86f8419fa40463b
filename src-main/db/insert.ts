import type { Parameter, Writer } from './write'

/** SQLite takes 32,766 bound values in one statement. */
const mostValues = 30_000

/**
 * Inserts rows in as few statements as can be. Values are bound: out of one JSON document each column would render and
 * read its row anew, which for a mail takes three times as long.
 */
export async function insertRows(
  tx: Writer,
  into: string,
  columns: readonly string[],
  rows: readonly (readonly Parameter[])[],
): Promise<void> {
  const names = columns.map((column) => `"${column}"`).join(', ')
  const row = `(${columns.map(() => '?').join(', ')})`
  const size = Math.floor(mostValues / columns.length)
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size)
    const values = Array.from(part, () => row).join(', ')
    await tx.run(`${into} (${names}) VALUES ${values}`, part.flat())
  }
}
