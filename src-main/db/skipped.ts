// Who got no mail of a comment, and why: kept with the event that says so, read here by comment.
import { z } from 'zod'
import { skipped, type Skipped } from '#shared/model/message'
import type { Reader, Writer } from './write'

const told = z.object({
  commentId: z.string().optional(),
  sourceId: z.string().optional(),
  skipped: z.array(skipped),
})

/** Keeps what events say of people who were left out, whichever desktop recorded them. */
export async function saveSkipped(tx: Writer, bodies: readonly object[]): Promise<void> {
  const rows = bodies.flatMap((body) => {
    if (!('skipped' in body)) return []
    const { data } = told.safeParse(body)
    const id = data?.commentId ?? data?.sourceId
    if (data === undefined || id === undefined) return []
    return data.skipped.map(({ address, because }) => [id, address, because])
  })
  if (rows.length === 0) return
  await tx.run(
    `INSERT OR IGNORE INTO skipped_recipient (commentId, address, because)
     SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
    [JSON.stringify(rows)],
  )
}

export async function listSkipped(
  db: Reader,
  commentIds: readonly string[],
): Promise<Map<string, Skipped[]>> {
  const rows = await db.all<Skipped & { commentId: string }>(
    `SELECT commentId, address, because FROM skipped_recipient
     WHERE commentId IN (SELECT value FROM json_each(?)) ORDER BY address`,
    [JSON.stringify(commentIds)],
  )
  const byComment = new Map<string, Skipped[]>()
  for (const { commentId, ...skip } of rows) {
    byComment.set(commentId, [...(byComment.get(commentId) ?? []), skip])
  }
  return byComment
}
