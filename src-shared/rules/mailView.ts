// A mail seen from its ticket: who wrote it, to whom, in answer to what. Nothing is decided or
// changed here (participants.md §4.2).
import type { AuthorRole, MailFact } from '#shared/model/message'
import { canonicalAddress, domainOf, isValidAddress } from './address'
import { quotesPrivate, whatAnswers, type Answered } from './answered'
import { automaticReason } from './automatic'
import { mayDo } from './desk'
import {
  findCc,
  isInternalNow,
  isRequester,
  keyOf,
  namedOnTicket,
  resolveAlias,
  roleOf,
} from './foldPeople'
import { canonicalList, isSupport, type Step } from './foldState'
import { isLookalike, mixesScripts, skeletonOf } from './lookalike'
import { leftOutOf, namedIn, type NamedPerson, type Sender } from './participants'
import { judgeTrust, type TrustVerdict } from './trust'
import type { VisibilityInput } from './visibility'

/** Postfix's limit (`hopcount_limit`), within what RFC 5321 §6.3 asks for. */
const MAX_HOPS = 50

/** All that the fold asks about one mail. */
export interface MailView {
  readonly mail: MailFact
  readonly author: string
  /** The entry on the ticket's lists that the author is, else the author. */
  readonly authorOnTicket: string
  readonly role: AuthorRole
  readonly verdict: TrustVerdict
  readonly automatic: string | null
  readonly answered: Answered
  readonly named: readonly NamedPerson[]
  /** Addresses of the ticket's lists that the mail names, and all others it names. */
  readonly namedOnTicket: ReadonlySet<string>
  readonly leftOut: readonly string[]
  readonly sender: Sender
  readonly input: VisibilityInput
}

/** The author of a mail, seen from the ticket. */
interface Author {
  readonly address: string
  /** The entry on the ticket's lists that the author is, else the author. */
  readonly onTicket: string
  readonly role: AuthorRole
  readonly isFromSupport: boolean
  readonly isInternal: boolean
  readonly isSentElsewhere: boolean
  /** A colleague, nobody knows which, writing from the support address. */
  readonly isDesk: boolean
  readonly isCc: boolean
  readonly hasToken: boolean
}

function judge(step: Step, mail: MailFact, hasToken: boolean): TrustVerdict {
  const { address } = mail.from
  return judgeTrust(
    {
      from: mail.from,
      headers: mail.headers,
      // What is no address was not written by anybody we could answer.
      isFromSound: mail.isFromSound && isValidAddress(address),
      tokenOf: hasToken ? address : null,
    },
    step.desk.policy,
  )
}

/** Whether customers got the mail: a requester or CC, or on a new ticket whoever becomes one. */
function isToCustomers(step: Step, named: ReadonlySet<string>): boolean {
  const { requester, ccs, isOpened } = step.state
  if (requester !== null && named.has(requester.address)) return true
  for (const address of ccs.keys()) if (named.has(address)) return true
  if (isOpened) return false
  for (const address of named) {
    if (isValidAddress(address) && !isSupport(step, address)) return true
  }
  return false
}

function mayWrite(step: Step, address: string, action: 'public-reply' | 'change-cc'): boolean {
  const resolved = resolveAlias(step, address)
  return !isInternalNow(step, resolved) || mayDo(step.desk, resolved, action)
}

const requesterOr = (step: Step, address: string): string =>
  (isRequester(step, address) ? step.state.requester?.address : undefined) ?? address

/** The token of a notification is a proof while only the person who got it knows it (participants.md §4.2). */
function isProvenByToken(step: Step, tokenOf: string | null, author: string): boolean {
  if (tokenOf === null) return false
  const key = keyOf(step, tokenOf)
  return key === keyOf(step, author) && !step.state.shownTokens.has(key)
}

/** Whose token everybody else whom the mail names has read in it, or null. */
export function shownTokenOf(step: Step, { mail, named }: MailView): string | null {
  if (mail.tokenOf === null) return null
  const key = keyOf(step, mail.tokenOf)
  const isOther = ({ address }: NamedPerson) =>
    !isSupport(step, address) && keyOf(step, address) !== key
  return named.some(isOther) ? key : null
}

/** Who wrote it, as the ticket knows them (participants.md §4.2: From alone). */
function authorOf(step: Step, mail: MailFact): Author {
  const { state } = step
  const address = canonicalAddress(mail.from.address)
  const isFromSupport = isSupport(step, address)
  const isInternal = isInternalNow(step, address)
  const isSentElsewhere = mail.source !== 'inbox' && !mail.isOwnId && (isFromSupport || isInternal)
  const isDesk = isSentElsewhere && isFromSupport
  const cc = findCc(step, address)
  const known = isDesk ? 'agent' : roleOf(step, address)
  return {
    address,
    onTicket: cc?.address ?? requesterOr(step, address),
    role: state.isOpened || isSentElsewhere ? known : 'requester',
    isFromSupport,
    isInternal,
    isSentElsewhere,
    isDesk,
    isCc: cc !== undefined,
    hasToken: isProvenByToken(step, mail.tokenOf, address),
  }
}

type Recipients = Pick<MailView, 'named' | 'namedOnTicket' | 'leftOut'>

function recipientsOf(step: Step, mail: MailFact, author: Author): Recipients {
  const { state } = step
  const named = namedIn(mail)
  const onTicket = namedOnTicket(step, named)
  const leftOut = leftOutOf([...state.ccs.values()], author.onTicket, onTicket)
  return { named, namedOnTicket: onTicket, leftOut }
}

function inputOf(
  step: Step,
  mail: MailFact,
  author: Author,
  seen: Recipients & Pick<MailView, 'verdict' | 'automatic' | 'answered'>,
): VisibilityInput {
  const { state, desk } = step
  const { role, isInternal, isSentElsewhere, isFromSupport, isCc, hasToken } = author
  const { requester } = state
  const { named, namedOnTicket: onTicket } = seen
  return {
    isOwnId: mail.isOwnId,
    isBounce: mail.bounce !== null,
    isAutomatic: seen.automatic !== null,
    isLooping: (mail.hops ?? 0) > MAX_HOPS,
    isSurplus: mail.isSurplus === true,
    isSentElsewhere,
    isFromSupport: isFromSupport && !isSentElsewhere,
    trust: seen.verdict.trust,
    hasToken,
    isInternal,
    isNewTicket: !state.isOpened,
    role,
    isCc,
    mayWritePublicly: mayWrite(step, author.address, 'public-reply'),
    answers: seen.answered.kind,
    quotesPrivate: quotesPrivate(step, mail.text),
    isRequesterIncluded:
      requester === null || role === 'requester' || onTicket.has(requester.address),
    isToSupportOnly: named.length > 0 && named.every(({ address }) => isSupport(step, address)),
    isToCustomers: isToCustomers(step, onTicket),
    hasPublicComment: state.publicCount > 0,
    hasLeftOut: seen.leftOut.length > 0,
    supportOnlyCcReply: desk.policy.supportOnlyCcReply,
  }
}

/** Looks at a mail with the eyes of its ticket at that moment (participants.md §4.2). */
export function viewMail(step: Step, mail: MailFact): MailView {
  const author = authorOf(step, mail)
  const { role, isDesk, isSentElsewhere, isInternal } = author
  const seen = {
    ...recipientsOf(step, mail, author),
    verdict: judge(step, mail, author.hasToken),
    automatic: automaticReason(mail),
    answered: whatAnswers(step, mail),
  }
  return {
    mail,
    author: author.address,
    authorOnTicket: author.onTicket,
    role,
    ...seen,
    sender: {
      role,
      isVerified: isSentElsewhere || seen.verdict.trust === 'verified',
      isInternal: isInternal || isDesk,
      mayChangeCcs: isDesk || mayWrite(step, author.address, 'change-cc'),
    },
    input: inputOf(step, mail, author, seen),
  }
}

/** Whom a stranger looks like: a colleague or mailbox by name, the desk or somebody on the ticket by domain. */
function likenesses({ desk, state }: Step, author: string, name: string): string[] {
  const flags: string[] = []
  const seen = skeletonOf(name)
  const ours = [...desk.people, ...desk.mailboxes]
  if (seen !== '' && ours.some((each) => each.name !== '' && skeletonOf(each.name) === seen)) {
    flags.push('name-like-agent')
  }
  const known = [...ours, ...state.ccs.values(), ...(state.requester ? [state.requester] : [])]
  const domain = domainOf(author)
  if (isLookalike(domain, new Set(known.map(({ address }) => domainOf(address))))) {
    flags.push('domain-lookalike')
  }
  if (mixesScripts(domain)) flags.push('mixed-script')
  return flags
}

/** Others are named and the desk is not: it got a blind copy, which an answer to all of them would show. */
function isBlindCopy(step: Step, { mail, named }: MailView): boolean {
  const isAside = ({ address }: NamedPerson) => !isSupport(step, address)
  return mail.source === 'inbox' && named.length > 0 && named.every(isAside)
}

/** What about a sender deserves a second look (participants.md §4.2; reliability.md D3, D16). */
export function senderFlags(step: Step, view: MailView): string[] {
  const { mail, author, input } = view
  const flags: string[] = isBlindCopy(step, view) ? ['desk-not-named'] : []
  const domain = domainOf(author)
  if (mail.replyTo.some(({ address }) => domainOf(address) !== domain)) {
    flags.push('reply-to-differs')
  }
  const name = mail.from.name.trim()
  if (name.includes('@') && canonicalAddress(name) !== author) flags.push('name-has-address')
  const isInside = input.isInternal || input.isSentElsewhere || input.isFromSupport
  if (!isInside) flags.push(...likenesses(step, author, name))
  if (mail.problem !== null) flags.push('has-problem')
  flags.push(...(mail.marks ?? []))
  return flags
}

/** Who is in a comment made of a mail: whom it names, or the people of the private thread (participants.md §4.3 row 6). */
export function audienceOf(step: Step, view: MailView, because: string): string[] {
  const { mail, answered, author } = view
  if (because !== 'answers-private') return canonicalList([...mail.to, ...mail.cc])
  return [...new Set(answered.audience)].filter(
    (address) => address !== author && !isSupport(step, address),
  )
}

/** Whether this is a customer's word: the requester's, or that of anybody outside. */
export function isCustomersWord({ input, role }: MailView): boolean {
  return !input.isSentElsewhere && (role === 'requester' || !input.isInternal)
}
