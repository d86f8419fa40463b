// The life of one outgoing mail as a pure function: state and event in, next state out (architecture.md §4b, §13).
// Nothing is sent because of a guess: what is unclear stays `uncertain` until the receipt, or its absence, settles it.
import type { DeliveryState } from '../model/message'
import { giveUpAfter, isServerReply, retryDelay } from './retry'
import { say } from './sayings'

export interface Refusal {
  readonly address: string
  /** The server's words. */
  readonly reply: string
}

export interface TriedRefusal extends Refusal {
  readonly isTemporary: boolean
}

/** How one transaction with the SMTP server ended. `refused`: recipients the server did not take. */
export type SendAnswer =
  | {
      readonly outcome: 'accepted'
      readonly reply: string
      readonly refused: readonly TriedRefusal[]
    }
  | {
      readonly outcome: 'retry'
      readonly reply: string
      readonly refused: readonly TriedRefusal[]
      /** The account itself was refused, e.g. its password: trying often would lock it. */
      readonly isAccount?: boolean
    }
  | {
      readonly outcome: 'refused'
      readonly reply: string
      readonly refused: readonly TriedRefusal[]
    }
  | { readonly outcome: 'uncertain'; readonly reply: string }

export interface Sending {
  readonly state: DeliveryState
  readonly attempts: number
  /** Epoch ms: `queued`, the next try; `uncertain`, when a missing receipt may be believed (null: a person decides). */
  readonly nextAt: number | null
  /** Addresses still to be served. */
  readonly envelope: readonly string[]
  readonly refused: readonly Refusal[]
  readonly lastReply: string
  /** Epoch ms. */
  readonly queuedAt: number
  /** Recipients the server refused in the transaction that runs or was cut. */
  readonly refusedNow: readonly TriedRefusal[]
  /** Whom a cut transaction may have reached. */
  readonly doubted: readonly string[]
  /** Whether the transaction that runs or was cut also goes to the support mailbox. */
  readonly hasReceipt: boolean
  /** Transactions the server is known to have accepted, and those of them that also went to the support mailbox. */
  readonly accepted: number
  readonly receipted: number
}

export type SendingEvent =
  /** About to use the socket. `wantsReceipt`: the support mailbox is in the envelope. */
  | { readonly type: 'started'; readonly wantsReceipt: boolean }
  /** The server has answered for each recipient; the content has not been sent. */
  | {
      readonly type: 'heard'
      readonly refused: readonly TriedRefusal[]
      readonly hasReceipt: boolean
    }
  | { readonly type: 'answered'; readonly answer: SendAnswer; readonly random: number }
  /** The process ended while the mail was on the socket. */
  | { readonly type: 'interrupted' }
  /** Copies of the mail found in INBOX so far, and whether one lies in Sent. */
  | { readonly type: 'seen'; readonly receipts: number; readonly isInSent: boolean }
  /** The mailbox has been read completely, by a pass that began at `since`, without news of this mail. */
  | { readonly type: 'unseen'; readonly since: number }
  /** Another desktop has had the duty it belongs to and may have sent it. */
  | { readonly type: 'shared'; readonly wantsReceipt: boolean }
  /** The network is back. */
  | { readonly type: 'reconnected' }
  /** Its author has to know something before it goes. */
  | { readonly type: 'held'; readonly reply: string }
  /** It may not go from here before `until` (epoch ms). */
  | { readonly type: 'put-off'; readonly until: number; readonly reply: string }
  /** A person decides. */
  | { readonly type: 'retried' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'markedSent' }

export interface SendingRules {
  /** Epoch ms. */
  readonly now: number
  /** ms after which a receipt that has not come will not come. */
  readonly receiptWait: number
}

function merge(before: readonly Refusal[], more: readonly Refusal[]): Refusal[] {
  const byAddress = new Map(
    [...before, ...more].map(({ address, reply }) => [address, { address, reply }]),
  )
  return [...byAddress.values()]
}

/** The server has taken the mail for everybody but `refused`: they alone remain. */
function accept(
  mail: Sending,
  { refused: tried, reply }: { refused: readonly TriedRefusal[]; reply: string },
  { now }: SendingRules,
  random: number,
): Sending {
  const temporary = tried.filter((one) => one.isTemporary)
  const final = tried.filter((one) => !one.isTemporary)
  const done = { ...mail, refusedNow: [], doubted: [] }
  const refused = merge(mail.refused, final)
  if (temporary.length > 0 && now - mail.queuedAt <= giveUpAfter) {
    return {
      ...done,
      state: 'queued',
      envelope: temporary.map((one) => one.address),
      refused,
      lastReply: temporary[0]?.reply ?? reply,
      nextAt: now + retryDelay(mail.attempts, random),
    }
  }
  const lost = merge(refused, temporary)
  const state = lost.length > 0 ? 'partly' : 'sent'
  return {
    ...done,
    state,
    envelope: [],
    refused: lost,
    lastReply: lost[0]?.reply ?? reply,
    nextAt: null,
  }
}

/** No further try. Somebody may have the mail from an earlier one: then only the rest, if any, has not got it. */
function giveUp(
  mail: Sending,
  {
    state,
    reply,
    refused,
  }: { state: 'failed' | 'cancelled'; reply: string; refused: readonly Refusal[] },
): Sending {
  const next = { ...mail, nextAt: null, lastReply: reply, refusedNow: [] }
  if (mail.accepted === 0) return { ...next, state, refused: merge(mail.refused, refused) }
  const rest = mail.envelope.map((address) => ({ address, reply }))
  const lost = merge(merge(mail.refused, rest), refused)
  return { ...next, state: lost.length > 0 ? 'partly' : 'sent', envelope: [], refused: lost }
}

function answer(mail: Sending, given: SendAnswer, rules: SendingRules, random: number): Sending {
  const { now } = rules
  const lastReply = given.reply
  if (given.outcome === 'uncertain') return doubt(mail, lastReply, rules)
  if (given.outcome === 'accepted') {
    const receipted = mail.receipted + (mail.hasReceipt ? 1 : 0)
    return accept({ ...mail, accepted: mail.accepted + 1, receipted }, given, rules, random)
  }
  const done = { ...mail, lastReply, refusedNow: [] }
  const final = given.refused.filter((one) => !one.isTemporary)
  if (given.outcome === 'refused' || now - mail.queuedAt > giveUpAfter) {
    return giveUp(mail, { state: 'failed', reply: lastReply, refused: final })
  }
  const isFinal = new Set(final.map((one) => one.address))
  const isSoon = given.isAccount !== true && !isServerReply(lastReply)
  return {
    ...done,
    state: 'queued',
    nextAt: now + retryDelay(mail.attempts, random, isSoon),
    envelope: mail.envelope.filter((address) => !isFinal.has(address)),
    refused: merge(mail.refused, final),
  }
}

function doubt(mail: Sending, lastReply: string, { now, receiptWait }: SendingRules): Sending {
  const refused = new Set(mail.refusedNow.map((one) => one.address))
  return {
    ...mail,
    state: 'uncertain',
    lastReply,
    doubted: mail.envelope.filter((address) => !refused.has(address)),
    nextAt: mail.hasReceipt ? now + receiptWait : null,
  }
}

/** One copy more than the transactions known to be accepted: the one in doubt was accepted as well. */
function settleSeen(
  mail: Sending,
  event: Extract<SendingEvent, { type: 'seen' }>,
  rules: SendingRules,
): Sending | null {
  if (mail.state === 'sent' || mail.state === 'sending') return null
  if (mail.attempts === 0 || mail.doubted.length === 0) return null
  const isReceipted = event.receipts > mail.receipted
  // Sent proves something only before this desk has filed a copy there itself.
  if (!isReceipted && (mail.accepted > 0 || !event.isInSent)) return null
  const accepted = mail.accepted + 1
  const receipted = mail.receipted + (isReceipted ? 1 : 0)
  const reached = new Set(mail.doubted)
  const left = mail.envelope.filter((address) => !reached.has(address))
  const words = new Map(mail.refusedNow.map((one) => [one.address, one]))
  const refused = left.map(
    (address) => words.get(address) ?? { address, reply: mail.lastReply, isTemporary: true },
  )
  const lost = mail.refused.filter((one) => !reached.has(one.address))
  return accept(
    { ...mail, refused: lost, accepted, receipted },
    { refused, reply: say('sent-by-receipt') },
    rules,
    0.5,
  )
}

const unanswered = say('sent-without-receipt')

/** Waiting was for the network alone, on the way out or to the journal: a server that asked for patience gets it. */
function reconnect(mail: Sending, { now }: SendingRules): Sending | null {
  const isForNetwork = mail.lastReply !== '' && !isServerReply(mail.lastReply)
  return mail.state === 'queued' && isForNetwork ? { ...mail, nextAt: now } : null
}

/** What nobody can have yet waits for a person. */
function holdFor(mail: Sending, { reply }: EventOf<'held'>): Sending | null {
  if (mail.state !== 'queued' || mail.accepted > 0 || mail.doubted.length > 0) return null
  return { ...mail, state: 'failed', nextAt: null, lastReply: reply }
}

type EventOf<T extends SendingEvent['type']> = Extract<SendingEvent, { type: T }>

function start(mail: Sending, { wantsReceipt }: EventOf<'started'>): Sending | null {
  if (mail.state !== 'queued') return null
  const attempts = mail.attempts + 1
  const hasReceipt = wantsReceipt
  return { ...mail, state: 'sending', attempts, nextAt: null, refusedNow: [], hasReceipt }
}

/**
 * The other desktop's try counts as one: its receipt, or the want of it, tells whether the mail goes from here. After an
 * earlier doubt of our own a receipt proves no more than that one would have.
 */
function share(mail: Sending, { wantsReceipt }: EventOf<'shared'>, rules: SendingRules) {
  if (mail.state !== 'queued') return null
  const refusedNow = mail.doubted.length > 0 ? mail.refusedNow : []
  const tried = { ...mail, attempts: mail.attempts + 1, refusedNow, hasReceipt: wantsReceipt }
  return doubt(tried, say('sent-elsewhere-maybe'), rules)
}

/** Nothing is sent now, or no longer waited for. */
function hold(
  mail: Sending,
  event: EventOf<'shared' | 'reconnected' | 'held' | 'put-off'>,
  rules: SendingRules,
): Sending | null {
  if (event.type === 'shared') return share(mail, event, rules)
  if (event.type === 'reconnected') return reconnect(mail, rules)
  if (event.type === 'held') return holdFor(mail, event)
  if (mail.state !== 'queued') return null
  return { ...mail, nextAt: event.until, lastReply: event.reply }
}

/** A pass over the mailbox that began after the wait has not met the mail: the server has not taken it. */
function settleUnseen(
  mail: Sending,
  { since }: EventOf<'unseen'>,
  { now }: SendingRules,
): Sending | null {
  if (mail.state !== 'uncertain' || mail.nextAt === null || since < mail.nextAt) return null
  if (now - mail.queuedAt > giveUpAfter) {
    return giveUp({ ...mail, doubted: [] }, { state: 'failed', reply: unanswered, refused: [] })
  }
  return { ...mail, state: 'queued', nextAt: now, lastReply: unanswered }
}

/** No server has it, nor can have it. */
export const isUntouched = ({ accepted, doubted }: Sending): boolean =>
  accepted === 0 && doubted.length === 0

/** Nobody has it and nothing is on the socket: its words can go back to who wrote them. */
export const mayTakeBack = (mail: Sending): boolean =>
  (mail.state === 'queued' || mail.state === 'failed') && isUntouched(mail)

const mayRetry: ReadonlySet<DeliveryState> = new Set(['queued', 'failed', 'uncertain', 'partly'])
const mayCancel: ReadonlySet<DeliveryState> = new Set(['queued', 'failed', 'uncertain'])

export type SendingAction = 'retry' | 'edit' | 'markSent' | 'cancel'

/** What an agent can do about a mail in this state; `canEdit`: it is a reply that no server has. */
export function actionsFor(state: DeliveryState, canEdit: boolean): SendingAction[] {
  return [
    ...(mayRetry.has(state) ? (['retry'] as const) : []),
    ...(canEdit ? (['edit'] as const) : []),
    ...(state === 'uncertain' || state === 'partly' ? (['markSent'] as const) : []),
    ...(mayCancel.has(state) ? (['cancel'] as const) : []),
  ]
}

/** What a person decides about a mail. */
function decide(
  mail: Sending,
  type: 'retried' | 'cancelled' | 'markedSent',
  rules: SendingRules,
): Sending | null {
  const { state } = mail
  if (type === 'retried') {
    if (!mayRetry.has(state)) return null
    const envelope = state === 'partly' ? mail.refused.map((one) => one.address) : mail.envelope
    const again = { ...mail, nextAt: rules.now, envelope, refused: [] }
    // It was cancelled while nobody knew whether the rest had got it: the receipt is looked for first.
    if (state === 'partly' && mail.doubted.length > 0) {
      const nextAt = mail.hasReceipt ? rules.now + rules.receiptWait : null
      return { ...again, state: 'uncertain', nextAt }
    }
    return { ...again, state: 'queued' }
  }
  if (type === 'cancelled') {
    if (!mayCancel.has(state)) return null
    return giveUp(mail, { state: 'cancelled', reply: say('cancelled-by-agent'), refused: [] })
  }
  // Who was refused stays named: it is only that nobody tries any more.
  if (state === 'partly') return { ...mail, state: 'sent' }
  if (state !== 'uncertain') return null
  const answer = { refused: mail.refusedNow, reply: say('marked-by-agent') }
  return accept({ ...mail, accepted: mail.accepted + 1 }, answer, rules, 0.5)
}

/** What becomes of a mail that is being sent. */
function onSocket(
  mail: Sending,
  event: EventOf<'heard' | 'answered' | 'interrupted'>,
  rules: SendingRules,
): Sending {
  if (event.type === 'heard') {
    return { ...mail, refusedNow: event.refused, hasReceipt: event.hasReceipt }
  }
  if (event.type === 'answered') return answer(mail, event.answer, rules, event.random)
  return doubt(mail, say('sending-interrupted'), rules)
}

/** The next state of the mail, or null where the event changes nothing or is not allowed. */
export function sendingStep(
  mail: Sending,
  event: SendingEvent,
  rules: SendingRules,
): Sending | null {
  switch (event.type) {
    case 'started':
      return start(mail, event)
    case 'shared':
    case 'reconnected':
    case 'held':
    case 'put-off':
      return hold(mail, event, rules)
    case 'heard':
    case 'answered':
    case 'interrupted':
      return mail.state === 'sending' ? onSocket(mail, event, rules) : null
    case 'seen':
      return settleSeen(mail, event, rules)
    case 'unseen':
      return settleUnseen(mail, event, rules)
    case 'retried':
    case 'cancelled':
    case 'markedSent':
      return decide(mail, event.type, rules)
  }
}
