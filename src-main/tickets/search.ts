// A parsed search as SQL over `ticket`, and the words around what it found.
import type { Desk } from '#shared/model/desk'
import { canonicalAddress } from '#shared/rules/address'
import { findPerson } from '#shared/rules/desk'
import { parseSearch, snippetOf, wordsToMark, type SearchTerm } from '#shared/rules/searchQuery'
import { findAmong, findHits, matchOf, textsOf, type Hit } from '../db/search'
import { isListed, listMatching, type ListQuery } from '../db/ticketRows'
import { findTicketIds } from '../db/tickets'
import type { Reader } from '../db/write'

type Where = Pick<ListQuery, 'where' | 'parameters'>
const json = JSON.stringify

export interface Searcher {
  readonly desk: Desk
  /** Address of the agent who searches. */
  readonly me: string
  /** Epoch ms. */
  readonly now: number
}

/** A search made ready: its condition, and the newest mail of each ticket in which its words stand. */
export interface Search {
  readonly where: Where
  /** The tickets that have its words; null when it asks for none. */
  readonly among: readonly string[] | null
  /** Words that stand in no mail of a ticket that is found. */
  readonly without: readonly string[]
  readonly hits: ReadonlyMap<string, Hit>
  readonly words: readonly string[]
  /** So many mails have the words that only the newest were looked at. */
  readonly isCapped: boolean
}

/** Who searches, and whether only tickets that have certain words can be found. */
interface Asking extends Searcher {
  readonly hasWords: boolean
}

const contains = (text: string): string => `%${text.replace(/[\\%_]/gu, (c) => `\\${c}`)}%`
const isLike = `(address LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')`
/** Of all people, or only of those on the tickets that have the words: whichever are fewer. */
const role = (name: string, { hasWords }: Asking): string =>
  hasWords
    ? `EXISTS (SELECT 1 FROM participant WHERE ticketId = ticket.id AND role = '${name}' AND ${isLike})`
    : `ticket.id IN (SELECT ticketId FROM participant WHERE role = '${name}' AND ${isLike})`

function ownAddresses({ desk, me }: Asking): string[] {
  const person = findPerson(desk, me)
  return [me, ...(person === undefined ? [] : [person.address, ...person.aliases])].map(
    canonicalAddress,
  )
}

function whereRole(name: 'cc' | 'follower' | 'requester', value: string, who: Asking): Where {
  if (value.toLowerCase() === 'me') {
    return {
      where: `ticket.id IN (SELECT ticketId FROM participant WHERE role = '${name}'
        AND address IN (SELECT value FROM json_each(?)))`,
      parameters: [json(ownAddresses(who))],
    }
  }
  return { where: role(name, who), parameters: [contains(value), contains(value)] }
}

/** People of the directory by address or name; a former colleague by the address itself. */
function whereAssignee(value: string, who: Asking): Where {
  const wanted = value.toLowerCase()
  if (wanted === 'none' || wanted === 'nobody') return { where: 'assignee IS NULL', parameters: [] }
  const found = who.desk.people.filter((person) =>
    [person.name, person.address, ...person.aliases].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  )
  const addresses = wanted === 'me' ? ownAddresses(who) : found.map(({ address }) => address)
  return {
    where: 'assignee IN (SELECT value FROM json_each(?))',
    parameters: [json([...addresses, canonicalAddress(value)])],
  }
}

const unsolved = `(status IN ('new', 'open', 'pending') AND ${isListed})`
const unread = `ticket.revision > coalesce((SELECT revision FROM read_marker WHERE ticketId = ticket.id), 0)`

function whereIs(value: string, who: Asking): Where {
  const plain: Readonly<Record<string, string>> = {
    open: unsolved,
    new: `status = 'new'`,
    pending: `status = 'pending'`,
    solved: `status IN ('solved', 'closed')`,
    closed: `status = 'closed'`,
    held: 'heldCount > 0',
    unread,
    read: `NOT (${unread})`,
    assigned: 'assignee IS NOT NULL',
    unassigned: 'assignee IS NULL',
    failed: `EXISTS (SELECT 1 FROM outbox_item o WHERE o.ticketId = ticket.id AND o.state IN ('failed', 'partly', 'uncertain'))`,
  }
  if (value === 'mine') return whereAssignee('me', who)
  if (value === 'following') return whereRole('follower', 'me', who)
  return { where: plain[value] ?? '1', parameters: [] }
}

const has: Readonly<Record<string, string>> = {
  attachment: `EXISTS (SELECT 1 FROM message m JOIN attachment a ON a.messageId = m.id
    WHERE m.ticketId = ticket.id AND a.isInline = 0)`,
  cc: 'ccCount > 0',
  follower: 'followerCount > 0',
  note: `ticket.id IN (SELECT ticketId FROM journal_event WHERE kind = 'note.written')`,
  draft: 'ticket.id IN (SELECT ticketId FROM draft)',
  tag: `tags <> '[]'`,
}

type Fact = (value: string, who: Asking) => Where

const anything: Fact = () => ({ where: '1', parameters: [] })

const facts: Readonly<Record<SearchTerm['field'], Fact>> = {
  text: anything,
  subject: anything,
  from: anything,
  to: anything,
  cc: (value, who) => whereRole('cc', value, who),
  follower: (value, who) => whereRole('follower', value, who),
  requester: (value, who) => whereRole('requester', value, who),
  assignee: whereAssignee,
  tag: (value) => ({
    where: `(tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(tags) WHERE lower(json_each.value) = lower(?)))`,
    parameters: [value],
  }),
  group: (value) => ({ where: 'lower("group") = lower(?)', parameters: [value] }),
  status: (value) => ({ where: 'status = ?', parameters: [value] }),
  is: whereIs,
  has: (value) => ({ where: has[value] ?? '1', parameters: [] }),
  before: (value) => ({ where: 'updatedAt < ?', parameters: [Number(value)] }),
  after: (value) => ({ where: 'updatedAt >= ?', parameters: [Number(value)] }),
}

const inText = new Set(['text', 'subject', 'from', 'to'])

function ownMail({ value, isNegated }: SearchTerm, who: Asking): Where {
  const where = `ticket.id IN (SELECT ticketId FROM message WHERE fromAddress IN (SELECT value FROM json_each(?)))`
  const addresses = value.toLowerCase() === 'me' ? ownAddresses(who) : [value]
  return { where: isNegated ? `NOT (${where})` : where, parameters: [json(addresses)] }
}

const isOwn = ({ field, value }: SearchTerm) => field === 'from' && value.toLowerCase() === 'me'

/** Words must stand in one mail or note together; operators hold for the ticket. */
export async function readSearch(db: Reader, query: string, who: Searcher): Promise<Search> {
  const terms = parseSearch(query, who.now)
  const words = wordsToMark(terms)
  const textual = terms.filter((term) => inText.has(term.field) && !isOwn(term))
  const wanted = textual.filter(({ isNegated }) => !isNegated)
  const asking = { ...who, hasWords: wanted.length > 0 }
  const parts: Where[] = terms
    .filter((term) => !inText.has(term.field))
    .map((term) => {
      const { where, parameters } = facts[term.field](term.value, asking)
      return { where: term.isNegated ? `NOT (${where})` : `(${where})`, parameters }
    })
  parts.push(...terms.filter(isOwn).map((term) => ownMail(term, asking)))
  let hits = new Map<string, Hit>()
  let among: string[] | null = null
  let isCapped = false
  if (wanted.length > 0) {
    const found = await findHits(db, matchOf(wanted))
    hits = found.hits
    isCapped = found.isCapped
    const typed = query.trim().replace(/^#/u, '')
    const byKey = typed.length >= 4 ? await findTicketIds(db, typed) : []
    among = [...new Set([...hits.keys(), ...byKey])]
  }
  const where = {
    where: parts.length === 0 ? '1' : parts.map((part) => part.where).join(' AND '),
    parameters: parts.flatMap((part) => part.parameters),
  }
  const without = textual.filter(({ isNegated }) => isNegated).map((term) => matchOf([term]))
  return { where, among, without, hits, words, isCapped }
}

// A word to be left out may be in half of all mail, so it is looked for in the newest tickets first, and in the others
// only where too few remain: each look goes through the whole index of a word that may go on.
const mostLooked = 10_000
const lookedFirst = 1_000

export interface Found {
  /** Newest first. */
  readonly ids: string[]
  /** There may be more. */
  readonly isCapped: boolean
}

/** The newest tickets of a search in this part of all: at most `most`, and `enough` where there are so many. */
export async function findTickets(
  db: Reader,
  { where, among, without, isCapped }: Search,
  inView: Where,
  { most, enough }: { readonly most: number; readonly enough: number },
): Promise<Found> {
  const all = {
    where: `(${inView.where}) AND (${where.where})`,
    parameters: [...inView.parameters, ...where.parameters],
    among,
  }
  if (without.length === 0) {
    const ids = await listMatching(db, all, most + 1)
    return { ids: ids.slice(0, most), isCapped: isCapped || ids.length > most }
  }
  const remaining = async (some: readonly string[]): Promise<string[]> => {
    const left = await Promise.all(without.map((match) => findAmong(db, match, some)))
    const out = new Set(left.flat())
    return some.filter((id) => !out.has(id))
  }
  const newest = await listMatching(db, all, lookedFirst + 1)
  const ids = await remaining(newest.slice(0, lookedFirst))
  if (newest.length <= lookedFirst || ids.length >= enough) {
    const isCut = newest.length > lookedFirst || ids.length > most
    return { ids: ids.slice(0, most), isCapped: isCapped || isCut }
  }
  const looked = await listMatching(db, all, mostLooked + 1)
  ids.push(...(await remaining(looked.slice(lookedFirst))))
  const isCut = ids.length > most || looked.length > mostLooked
  return { ids: ids.slice(0, most), isCapped: isCapped || isCut }
}

/** The words around the find, by ticket; none where the find is in the subject or in a name. */
export async function snippetsOf(
  db: Reader,
  { hits, words }: Pick<Search, 'hits' | 'words'>,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const wanted = ids.flatMap((id) => hits.get(id) ?? [])
  if (words.length === 0 || wanted.length === 0) return new Map()
  const texts = await textsOf(db, wanted)
  return new Map(
    ids.flatMap((id) => {
      const hit = hits.get(id)
      const text = hit === undefined ? undefined : texts.get(hit)
      return text === undefined ? [] : [[id, snippetOf(text, words)] as const]
    }),
  )
}
