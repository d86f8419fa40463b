// What a mail answers, and whether it repeats private words (participants.md §4.3 row 6).
import type { Comment, MailFact } from '#shared/model/message'
import { canonicalAddress } from './address'
import { roleOf } from './foldPeople'
import { isSupport, type Step } from './foldState'

/** RFC 5322 allows any number; a thread is known by its newest ids (reliability.md C5). */
const MAX_REFERENCES = 50
/** Shorter lines are greetings and pleasantries that anybody may write. */
const MIN_QUOTED = 24
const MAX_LOOKS = 2000

/** What a mail answers, as far as the desk knows (participants.md §4.3 rows 6 and 14). */
export interface Answered {
  readonly kind: 'public' | 'private' | 'unknown'
  /** People of the private comment, its author too; empty for a note. */
  readonly audience: readonly string[]
  /** Everybody but support on the very mail that is answered, its author too; null: not known. */
  readonly onMail: ReadonlySet<string> | null
}

function targetOf({ state }: Step, id: string): Comment | 'private' | null {
  const { planned, about } = state.index
  const reply = planned.get(id)
  const commentId = reply?.commentId ?? about.get(id)
  const folded =
    commentId === undefined ? state.byMessageId.get(id) : state.byCommentId.get(commentId)
  if (folded !== undefined) return folded.comment
  return reply?.visibility === 'private' ? 'private' : null
}

const isPrivate = ({ kind, visibility }: Comment) => kind !== 'system' && visibility === 'private'

function audienceOf(step: Step, target: Comment | 'private', id: string): string[] {
  const reply = step.state.index.planned.get(id)
  const audience = target === 'private' ? (reply?.audience ?? []) : target.audience
  const author = target === 'private' ? (reply?.by ?? '') : target.author.address
  // A note goes to the inside only, and so does an answer to it.
  if (target !== 'private' && target.kind === 'note') return []
  return [...audience, author].map(canonicalAddress)
}

function onMail(step: Step, target: Comment, id: string): ReadonlySet<string> | null {
  // What a held mail says about its recipients is not certain.
  if (target.messageId !== id || target.kind === 'system') return null
  if (target.visibility === 'held') return null
  const people = [...target.audience, target.author.address].map(canonicalAddress)
  return new Set(people.filter((address) => !isSupport(step, address)))
}

/**
 * Somebody outside who has been written to in private and has no place on the ticket knows nothing else of it: what they
 * write is about that, also where their mail program does not say what it answers.
 */
function asideTo(step: Step, mail: MailFact): Answered | null {
  const author = canonicalAddress(mail.from.address)
  if (roleOf(step, author) !== 'outsider') return null
  const aside = step.state.comments.findLast(
    ({ comment }) => comment.kind === 'private-reply' && comment.audience.includes(author),
  )
  if (aside === undefined) return null
  const { audience, author: writer } = aside.comment
  return { kind: 'private', audience: [...audience, writer.address], onMail: null }
}

const nothing: Answered = { kind: 'unknown', audience: [], onMail: null }

/** Reads In-Reply-To and References, newest first; any private id in them makes the thread private. */
export function whatAnswers(step: Step, mail: MailFact): Answered {
  const ids = new Set([
    ...mail.inReplyTo.slice(-MAX_REFERENCES),
    ...mail.references.slice(-MAX_REFERENCES).reverse(),
  ])
  let direct: Answered | null = null
  for (const id of ids) {
    const target = targetOf(step, id)
    if (target === null) continue
    if (target === 'private' || isPrivate(target)) {
      return { kind: 'private', audience: audienceOf(step, target, id), onMail: null }
    }
    if (direct !== null) continue
    const kind = target.visibility === 'public' ? 'public' : 'unknown'
    direct = { kind, audience: [], onMail: onMail(step, target, id) }
  }
  if (direct?.kind === 'public') return direct
  return asideTo(step, mail) ?? direct ?? nothing
}

const flatten = (line: string) => line.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()

/** Remembers the author's own lines of a private text: no quotes, nothing below a signature mark. */
export function rememberPrivate({ state }: Step, text: string): void {
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (/^(?:--\s?$|-----\s*Original)/i.test(line)) return
    const flat = flatten(line)
    const isOwn = !line.trimStart().startsWith('>') && !flat.endsWith(':')
    if (isOwn && flat.length >= MIN_QUOTED) state.privateLines.add(flat)
  }
}

/** Whether a text repeats a whole line of a private comment (participants.md §4.3 row 6). */
export function quotesPrivate({ state }: Step, text: string | null): boolean {
  if (text === null || state.privateLines.size === 0) return false
  const unquoted = text.replace(/^[ \t]*(?:>[ \t]*)+/gm, '')
  if (unquoted.split(/\r\n|\r|\n/).some((line) => state.privateLines.has(flatten(line)))) {
    return true
  }
  // A mail program may have wrapped the line again. Bounded, or long tickets would be slow.
  const flat = flatten(unquoted)
  let looks = MAX_LOOKS
  for (const line of state.privateLines) {
    if (flat.includes(line)) return true
    looks -= 1
    if (looks === 0) break
  }
  return false
}
