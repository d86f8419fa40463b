// The mails of tickets as facts for the rules.
import type { MailFact } from '#shared/model/message'
import type { Reader } from './write'

/** The facts of these tickets; `text` only for tickets named in `withText`. */
export async function listMailFacts(
  db: Reader,
  ticketIds: readonly string[],
  withText: ReadonlySet<string>,
): Promise<Map<string, MailFact[]>> {
  const rows = await db.all<{ ticketId: string; ownTicketId: string; fact: string }>(
    `SELECT ticketId, ownTicketId, fact FROM message
     WHERE ticketId IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ticketIds)],
  )
  const texts = await textsOf(db, [...withText])
  const byTicket = new Map<string, MailFact[]>()
  const names = new Map<string, Set<string>>()
  for (const { ticketId, ownTicketId, fact: stored } of rows) {
    // Written by `insertMessages` alone, so it is not checked again: this runs for every mail of a first sync.
    const fact = JSON.parse(stored) as MailFact
    const full = withText.has(ticketId) ? { ...fact, text: texts.get(fact.id) ?? null } : fact
    const list = byTicket.get(ticketId)
    if (list === undefined) byTicket.set(ticketId, [full])
    else list.push(full)
    names.set(ticketId, (names.get(ticketId) ?? new Set([ticketId])).add(ownTicketId))
  }
  for (const [ticketId, list] of byTicket) {
    const ids = [...(names.get(ticketId) ?? [])]
    byTicket.set(
      ticketId,
      list.map((fact) => withOwnToken(fact, ids)),
    )
  }
  return byTicket
}

/** A token proves something on the ticket it was issued for, under any id that this has had, and on no other. */
function withOwnToken(fact: MailFact, ticketIds: readonly string[]): MailFact {
  const { tokenTicket } = fact
  if (tokenTicket === undefined || fact.tokenOf === null) return fact
  return ticketIds.some((id) => id.startsWith(tokenTicket)) ? fact : { ...fact, tokenOf: null }
}

async function textsOf(db: Reader, ticketIds: readonly string[]): Promise<Map<string, string>> {
  if (ticketIds.length === 0) return new Map()
  const rows = await db.all<{ id: string; text: string }>(
    `SELECT message.id, message_body.text FROM message JOIN message_body ON messageId = message.id
     WHERE ticketId IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ticketIds)],
  )
  return new Map(rows.map((row) => [row.id, row.text]))
}
