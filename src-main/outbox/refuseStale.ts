// A reply is written against what its author has seen: the comments, and the people who were to get it. When either has
// changed it is held and says what is different (architecture.md §4b).
import { AppError } from '#shared/ipc/errors'
import type { AgentProfile } from '#shared/model/account'
import { canonicalAddress } from '#shared/rules/address'
import { listCommentsAt } from '../db/commentArrivals'
import type { StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'
import type { MailPlan } from '../tickets/planMails'

export interface AudienceDifference {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** Whom the agent was shown and who would get it now; nothing where they were shown nobody. */
export function audienceDifference(
  plan: MailPlan,
  shown: readonly string[] | undefined,
): AudienceDifference {
  if (shown === undefined) return { added: [], removed: [] }
  const before = new Set(shown.map(canonicalAddress))
  const now = new Set(
    plan.mails
      .filter((mail) => mail.kind === 'public')
      .flatMap((mail) =>
        [...mail.to, ...mail.cc].map((person) => canonicalAddress(person.address)),
      ),
  )
  return {
    added: [...now].filter((address) => !before.has(address)),
    removed: [...before].filter((address) => !now.has(address)),
  }
}

/** Ids of the comments the ticket had at a revision. */
export async function seenAt(
  db: Reader,
  { ticket, comments }: StoredTicket,
  revision: number,
): Promise<ReadonlySet<string>> {
  const isNow = ticket.revision <= revision
  return new Set(
    isNow ? comments.map(({ id }) => id) : await listCommentsAt(db, ticket.id, revision),
  )
}

const othersNow = 'Other people than you were shown would get this reply: look, then send again.'
const newWords = 'Somebody wrote on this ticket meanwhile: read it, then send again.'

/**
 * @param who `seen`: ids of the comments its author knows; null: not checked
 * @throws AppError `conflict` when somebody else answered publicly since, or other people would get the reply
 */
export function refuseStale(
  { ticket, comments }: StoredTicket,
  who: { agent: AgentProfile; seen: ReadonlySet<string> | null; people: AudienceDifference },
): void {
  const { agent, seen, people } = who
  const me = canonicalAddress(agent.address)
  const isNews = ({ id, visibility, author }: StoredTicket['comments'][number]): boolean =>
    seen !== null &&
    visibility === 'public' &&
    !seen.has(id) &&
    canonicalAddress(author.address) !== me
  const news = comments.filter(isNews).map(({ id }) => id)
  const isOther = people.added.length + people.removed.length > 0
  if (news.length === 0 && !isOther) return
  throw new AppError('conflict', news.length === 0 ? othersNow : newWords, {
    because: news.length === 0 ? 'other-people' : 'answered',
    revision: ticket.revision,
    comments: news,
    added: [...people.added],
    removed: [...people.removed],
  })
}
