import { SURPLUS_WINDOW_MS, surplusOf } from '#shared/rules/surplus'
import type { Writer } from './write'

interface Sent {
  readonly id: string
  readonly fromAddress: string
  readonly receivedAt: number
}

/**
 * Marks the mails that are too many of their sender, among those near these new ones. More mail can only make more of
 * them surplus, so nothing is ever unmarked.
 * @returns the tickets of newly marked mails
 */
export async function markSurplus(
  tx: Writer,
  arrivals: readonly { readonly fact: { from: { address: string }; receivedAt: number } }[],
): Promise<string[]> {
  const spans = new Map<string, [from: number, to: number]>()
  for (const { fact } of arrivals) {
    const { address } = fact.from
    const [from, to] = spans.get(address) ?? [fact.receivedAt, fact.receivedAt]
    spans.set(address, [Math.min(from, fact.receivedAt), Math.max(to, fact.receivedAt)])
  }
  const near = [...spans].map(([address, [from, to]]) => [
    address,
    from - SURPLUS_WINDOW_MS,
    to + SURPLUS_WINDOW_MS,
  ])
  const rows = await tx.all<Sent>(
    `SELECT m.id, m.fromAddress, m.receivedAt FROM json_each(?) AS span
     JOIN message m ON m.fromAddress = (span.value ->> 0)
       AND m.receivedAt BETWEEN (span.value ->> 1) AND (span.value ->> 2)
     WHERE m.source = 'inbox' ORDER BY m.receivedAt, m.id`,
    [JSON.stringify(near)],
  )
  const bySender = new Map<string, Sent[]>()
  for (const row of rows) {
    const list = bySender.get(row.fromAddress)
    if (list === undefined) bySender.set(row.fromAddress, [row])
    else list.push(row)
  }
  const surplus = [...bySender.values()].flatMap((mails) => surplusOf(mails))
  if (surplus.length === 0) return []
  const ids = JSON.stringify(surplus.map(({ id }) => id))
  const fresh = `id IN (SELECT value FROM json_each(?)) AND fact ->> '$.isSurplus' IS NULL`
  const touched = await tx.all<{ ticketId: string }>(
    `SELECT DISTINCT ticketId FROM message WHERE ${fresh}`,
    [ids],
  )
  await tx.run(
    `UPDATE message SET fact = json_set(fact, '$.isSurplus', json('true')) WHERE ${fresh}`,
    [ids],
  )
  return touched.map(({ ticketId }) => ticketId)
}
