import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { giveUpAfter, retryDelay } from '#shared/rules/retry'
import {
  actionsFor,
  isUntouched,
  mayTakeBack,
  sendingStep,
  type SendAnswer,
  type Sending,
  type SendingEvent,
} from '#shared/rules/sending'
import { patient, runs } from '../runs'

const A = 'a@x.test'
const B = 'b@x.test'
const rules = { now: 1_000, receiptWait: 500 }
const mail = (part: Partial<Sending> = {}): Sending => ({
  state: 'queued',
  attempts: 0,
  nextAt: 0,
  envelope: [A, B],
  refused: [],
  lastReply: '',
  queuedAt: 0,
  refusedNow: [],
  doubted: [],
  hasReceipt: false,
  accepted: 0,
  receipted: 0,
  ...part,
})
const sending = (part: Partial<Sending> = {}): Sending =>
  mail({ state: 'sending', attempts: 1, nextAt: null, hasReceipt: true, ...part })
const uncertain = (part: Partial<Sending> = {}): Sending =>
  sending({ state: 'uncertain', nextAt: 1_500, doubted: [A, B], ...part })
const answered = (answer: SendAnswer): SendingEvent => ({ type: 'answered', answer, random: 0.5 })
const no = (address: string, isTemporary: boolean) => ({
  address,
  reply: isTemporary ? '451 later' : '550 no',
  isTemporary,
})
const seen = (receipts: number, isInSent = false): SendingEvent => ({
  type: 'seen',
  receipts,
  isInSent,
})

const offline = { attempts: 3, nextAt: 90_000, lastReply: 'The server cannot be reached.' }

type Row = [string, Sending, SendingEvent, Partial<Sending> | null]
const table: Row[] = [
  [
    'starts',
    mail({ refusedNow: [no(A, true)] }),
    { type: 'started', wantsReceipt: true },
    { state: 'sending', attempts: 1, hasReceipt: true, refusedNow: [] },
  ],
  [
    'is in doubt when another desktop has had its duty',
    mail(),
    { type: 'shared', wantsReceipt: true },
    { state: 'uncertain', attempts: 1, doubted: [A, B], hasReceipt: true, nextAt: 1_500 },
  ],
  [
    'waits for an agent then, where no receipt comes',
    mail(),
    { type: 'shared', wantsReceipt: false },
    { state: 'uncertain', nextAt: null },
  ],
  [
    'keeps whom its own cut transaction had not reached',
    mail({ doubted: [A], refusedNow: [no(B, true)], attempts: 1 }),
    { type: 'shared', wantsReceipt: true },
    { state: 'uncertain', doubted: [A], attempts: 2 },
  ],
  ['is not shared while it is sent', sending(), { type: 'shared', wantsReceipt: true }, null],
  [
    'is put off without a try',
    mail(),
    { type: 'put-off', until: 9_000, reply: 'Another desktop.' },
    { state: 'queued', nextAt: 9_000, attempts: 0, lastReply: 'Another desktop.' },
  ],
  [
    'is not put off while it is sent',
    sending(),
    { type: 'put-off', until: 9_000, reply: '' },
    null,
  ],
  [
    'goes at once when the network it waited for is back',
    mail(offline),
    { type: 'reconnected' },
    { ...offline, nextAt: 1_000 },
  ],
  [
    'is held for what its author has to know first',
    mail({ nextAt: 90_000 }),
    { type: 'held', reply: 'Read it.' },
    { state: 'failed', nextAt: null, envelope: [A, B], lastReply: 'Read it.' },
  ],
  [
    'is not held when somebody may have it already',
    mail({ ...offline, doubted: [A] }),
    { type: 'held', reply: 'Read it.' },
    null,
  ],
  [
    'is not held when somebody has it',
    mail({ accepted: 1, envelope: [B] }),
    { type: 'held', reply: 'Read it.' },
    null,
  ],
  ['is not held while it is sent', sending(), { type: 'held', reply: 'Read it.' }, null],
  [
    'is looked for at once when the network is back, also where somebody may have it',
    mail({ ...offline, doubted: [A] }),
    { type: 'reconnected' },
    { state: 'queued', nextAt: 1_000 },
  ],
  [
    'goes on waiting when the server asked for it',
    mail({ ...offline, lastReply: '451 4.7.1 greylisted' }),
    { type: 'reconnected' },
    null,
  ],
  [
    'goes on waiting for its undo when it was never tried',
    mail({ nextAt: 90_000 }),
    { type: 'reconnected' },
    null,
  ],
  [
    'stays in doubt when the network is back',
    uncertain({ nextAt: 90_000 }),
    { type: 'reconnected' },
    null,
  ],
  [
    'does not start when cancelled',
    mail({ state: 'cancelled' }),
    { type: 'started', wantsReceipt: true },
    null,
  ],
  [
    'remembers who was refused before the content goes',
    sending(),
    { type: 'heard', refused: [no(B, false)], hasReceipt: true },
    { refusedNow: [no(B, false)] },
  ],
  [
    'is sent',
    sending(),
    answered({ outcome: 'accepted', reply: '250 ok', refused: [] }),
    { state: 'sent', envelope: [], accepted: 1, receipted: 1, nextAt: null },
  ],
  [
    'keeps only those told to try later',
    sending(),
    answered({ outcome: 'accepted', reply: '250', refused: [no(A, true), no('c@x.test', false)] }),
    {
      state: 'queued',
      envelope: [A],
      refused: [{ address: 'c@x.test', reply: '550 no' }],
      nextAt: 61_000,
    },
  ],
  [
    'is partly sent',
    sending(),
    answered({ outcome: 'accepted', reply: '250', refused: [no(B, false)] }),
    { state: 'partly', refused: [{ address: B, reply: '550 no' }], lastReply: '550 no' },
  ],
  [
    'waits after 4xx',
    sending(),
    answered({ outcome: 'retry', reply: '451 later', refused: [] }),
    { state: 'queued', nextAt: 61_000 },
  ],
  [
    'drops who was refused for good from a retry',
    sending(),
    answered({ outcome: 'retry', reply: '451', refused: [no(A, true), no(B, false)] }),
    { state: 'queued', envelope: [A], refused: [{ address: B, reply: '550 no' }] },
  ],
  [
    'gives up after five days',
    sending({ queuedAt: -giveUpAfter }),
    answered({ outcome: 'retry', reply: '451', refused: [] }),
    { state: 'failed', nextAt: null },
  ],
  [
    'fails after 5xx',
    sending(),
    answered({ outcome: 'refused', reply: '554', refused: [no(A, false)] }),
    { state: 'failed', refused: [{ address: A, reply: '550 no' }] },
  ],
  [
    'is uncertain when the line broke',
    sending({ refusedNow: [no(B, false)] }),
    answered({ outcome: 'uncertain', reply: 'reset' }),
    { state: 'uncertain', doubted: [A], nextAt: 1_500 },
  ],
  [
    'waits for a person where no receipt can come',
    sending({ hasReceipt: false }),
    { type: 'interrupted' },
    { state: 'uncertain', nextAt: null },
  ],
  ['is settled by its receipt', uncertain(), seen(1), { state: 'sent', accepted: 1, receipted: 1 }],
  [
    'is settled partly by its receipt when somebody was refused',
    uncertain({ refusedNow: [no(B, false)], doubted: [A] }),
    seen(1),
    { state: 'partly', refused: [{ address: B, reply: '550 no' }] },
  ],
  ['is settled by Sent', uncertain(), seen(0, true), { state: 'sent', receipted: 0 }],
  ['is not settled by nothing', uncertain(), seen(0), null],
  [
    'is not settled by the receipt of an earlier transaction',
    uncertain({ accepted: 1, receipted: 1 }),
    seen(1, true),
    null,
  ],
  [
    'is settled by one receipt more',
    uncertain({ accepted: 1, receipted: 1 }),
    seen(2),
    { state: 'sent' },
  ],
  [
    'is not settled by the copy that was filed for an earlier transaction',
    uncertain({ accepted: 1 }),
    seen(0, true),
    null,
  ],
  [
    'found late while waiting for its second try is not sent again',
    uncertain({ state: 'queued' }),
    seen(1),
    { state: 'sent' },
  ],
  ['on the socket is left alone', sending({ doubted: [A] }), seen(5), null],
  ['is not given up before the wait is over', uncertain(), { type: 'unseen', since: 1_499 }, null],
  [
    'goes again after the wait',
    uncertain(),
    { type: 'unseen', since: 1_500 },
    { state: 'queued', nextAt: 1_000 },
  ],
  [
    'never goes again by itself where no receipt can come',
    uncertain({ nextAt: null }),
    { type: 'unseen', since: 9e15 },
    null,
  ],
  [
    'partly sent and tried again goes to the refused alone',
    mail({ state: 'partly', envelope: [], refused: [{ address: B, reply: '550 no' }] }),
    { type: 'retried' },
    { state: 'queued', envelope: [B], refused: [] },
  ],
  ['sent is not tried again', mail({ state: 'sent' }), { type: 'retried' }, null],
  ['on the socket is not cancelled', sending(), { type: 'cancelled' }, null],
  ['waiting is cancelled', mail(), { type: 'cancelled' }, { state: 'cancelled', nextAt: null }],
  [
    'with nobody left whom it still has to reach is sent: the others have it',
    mail({ accepted: 1, envelope: [] }),
    { type: 'cancelled' },
    { state: 'sent', refused: [], nextAt: null },
  ],
  [
    'uncertain is marked as sent by a person',
    uncertain(),
    { type: 'markedSent' },
    { state: 'sent' },
  ],
  [
    'partly sent is left at that by a person, and still says who has not got it',
    mail({ state: 'partly', envelope: [], refused: [{ address: B, reply: '550 no' }] }),
    { type: 'markedSent' },
    { state: 'sent', envelope: [], refused: [{ address: B, reply: '550 no' }] },
  ],
  ['failed cannot be marked as sent', mail({ state: 'failed' }), { type: 'markedSent' }, null],
]

const fiveDays = rules.now - giveUpAfter
const lost = (address: string, reply = '550 no') => ({ address, reply })
const later: SendAnswer = { outcome: 'accepted', reply: '250 ok', refused: [no(A, true)] }

const afterAnAnswer: Row[] = [
  [
    'that somebody has not got yet says why, and doubts nothing',
    sending({ refusedNow: [no(A, true)], doubted: [A] }),
    answered(later),
    { state: 'queued', lastReply: '451 later', refusedNow: [], doubted: [] },
  ],
  [
    'is tried again for the rest on the last of five days',
    sending({ queuedAt: fiveDays }),
    answered(later),
    { state: 'queued', envelope: [A] },
  ],
  [
    'is partly sent when the rest has not got it in five days',
    sending({ queuedAt: fiveDays - 1 }),
    answered(later),
    { state: 'partly', envelope: [], refused: [lost(A, '451 later')], nextAt: null },
  ],
  [
    'that nobody took is tried again on the last of five days',
    sending({ queuedAt: fiveDays, refusedNow: [no(A, true)] }),
    answered({ outcome: 'retry', reply: '451', refused: [] }),
    { state: 'queued', refusedNow: [] },
  ],
  [
    'that is refused leaves nothing of its transaction',
    sending({ refusedNow: [no(A, false)] }),
    answered({ outcome: 'refused', reply: '554', refused: [no(A, false)] }),
    { state: 'failed', envelope: [A, B], refused: [lost(A)], refusedNow: [] },
  ],
  [
    'that was cancelled hears no answer',
    mail({ state: 'cancelled' }),
    answered({ outcome: 'accepted', reply: '250', refused: [] }),
    null,
  ],
]

const afterALook: Row[] = [
  ['never tried is not settled by a copy', mail(), seen(1, true), null],
  ['that nobody took is not settled by a copy', mail({ attempts: 1 }), seen(1, true), null],
  ['that is sent stays so', mail({ state: 'sent', attempts: 1 }), seen(1), null],
  [
    'found by its receipt goes on for whom that transaction had not reached',
    uncertain({ doubted: [A] }),
    seen(1),
    { state: 'queued', envelope: [B], accepted: 1 },
  ],
  [
    'found by its receipt no longer names whom it reached as refused',
    uncertain({ state: 'cancelled', envelope: [A], doubted: [A], refused: [lost(A), lost(B)] }),
    seen(1),
    { state: 'partly', refused: [lost(B)] },
  ],
  ['that waits is not given up', mail({ doubted: [A] }), { type: 'unseen', since: 9e15 }, null],
  [
    'in doubt goes again on the last of five days',
    uncertain({ queuedAt: fiveDays }),
    { type: 'unseen', since: 1_500 },
    { state: 'queued' },
  ],
  [
    'in doubt fails after five days, and nobody can have it',
    uncertain({ queuedAt: fiveDays - 1 }),
    { type: 'unseen', since: 1_500 },
    { state: 'failed', envelope: [A, B], doubted: [], refused: [], nextAt: null },
  ],
  [
    'in doubt does not go because the network is back',
    uncertain({ lastReply: 'The server cannot be reached.' }),
    { type: 'reconnected' },
    null,
  ],
  [
    'shared with another desktop may have reached everybody',
    mail({ attempts: 1, refusedNow: [no(B, true)] }),
    { type: 'shared', wantsReceipt: true },
    { state: 'uncertain', doubted: [A, B], refusedNow: [] },
  ],
]

const afterADecision: Row[] = [
  [
    'that somebody has names the rest when it is cancelled',
    mail({ accepted: 1, envelope: [B] }),
    { type: 'cancelled' },
    { state: 'partly', envelope: [], refused: [lost(B, 'Cancelled by an agent.')] },
  ],
  [
    'marked as sent counts as taken',
    uncertain(),
    { type: 'markedSent' },
    { state: 'sent', accepted: 1, lastReply: 'Marked as sent by an agent.' },
  ],
  [
    'cancelled in doubt is looked for before it is tried again',
    mail({ state: 'partly', envelope: [], refused: [lost(B)], doubted: [B], hasReceipt: true }),
    { type: 'retried' },
    { state: 'uncertain', envelope: [B], nextAt: 1_500 },
  ],
  [
    'cancelled in doubt waits for a person where no receipt comes',
    mail({ state: 'partly', envelope: [], refused: [lost(B)], doubted: [B] }),
    { type: 'retried' },
    { state: 'uncertain', envelope: [B], nextAt: null },
  ],
  [
    'in doubt goes at once when a person says so',
    uncertain(),
    { type: 'retried' },
    { state: 'queued', nextAt: 1_000 },
  ],
]

describe('a mail with more behind it', () => {
  it.each([...afterAnAnswer, ...afterALook, ...afterADecision])(
    '%s',
    (_name, before, event, after) => {
      const next = sendingStep(before, event, rules)
      if (after === null) expect(next).toBeNull()
      else expect(next).toMatchObject(after)
    },
  )
})

describe('what an agent can do about a mail', () => {
  it.each<[Sending['state'], boolean, string[]]>([
    ['queued', true, ['retry', 'edit', 'cancel']],
    ['queued', false, ['retry', 'cancel']],
    ['sending', false, []],
    ['sent', false, []],
    ['partly', false, ['retry', 'markSent']],
    ['uncertain', false, ['retry', 'markSent', 'cancel']],
    ['failed', true, ['retry', 'edit', 'cancel']],
    ['cancelled', false, []],
  ])('that is %s (its words can be taken back: %s)', (state, canEdit, actions) => {
    expect(actionsFor(state, canEdit)).toEqual(actions)
  })

  it.each<[string, Sending, boolean]>([
    ['waiting', mail(), true],
    ['failed', mail({ state: 'failed' }), true],
    ['on the socket', sending(), false],
    ['cancelled', mail({ state: 'cancelled' }), false],
    ['that somebody has', mail({ accepted: 1 }), false],
    ['that somebody may have', mail({ doubted: [A] }), false],
    ['failed, that somebody has', mail({ state: 'failed', accepted: 1 }), false],
  ])('%s: take its words back', (_name, one, may) => {
    expect(mayTakeBack(one)).toBe(may)
  })

  it('tells what no server has from what one has or may have', () => {
    const mails = [
      mail(),
      mail({ accepted: 1 }),
      mail({ doubted: [A] }),
      uncertain({ accepted: 1 }),
    ]
    expect(mails.map(isUntouched)).toEqual([true, false, false, false])
  })
})

describe('a mail', () => {
  it.each(table)('%s', (_name, before, event, after) => {
    const next = sendingStep(before, event, rules)
    if (after === null) expect(next).toBeNull()
    else expect(next).toMatchObject(after)
  })

  it.each<[string, boolean, number[]]>([
    ['that the server asked for, up to an hour', false, [60, 120, 240, 3_600, 3_600, 3_600]],
    [
      'for a server that was not reached, from seconds to an hour',
      true,
      [15, 30, 60, 960, 3_600, 3_600],
    ],
  ])('waits longer each time %s', (_name, isSoon, seconds) => {
    const waits = [1, 2, 3, 7, 20, 5_000].map(
      (attempts) => retryDelay(attempts, 0.5, isSoon) / 1_000,
    )
    expect(waits).toEqual(seconds)
  })

  const refused = { outcome: 'retry', reply: 'Wrong password.', refused: [] } as const
  it.each<[string, SendAnswer, number]>([
    ['is tried again soon when nobody was reached', refused, 15_000],
    ['leaves an account alone that was refused', { ...refused, isAccount: true }, 60_000],
    ['waits as a server asks', { ...refused, reply: '451 later' }, 60_000],
  ])('%s', (_name, answer, ms) => {
    const next = sendingStep(sending(), { type: 'answered', answer, random: 0.5 }, rules)
    expect(next?.nextAt).toBe(rules.now + ms)
  })

  it('goes at once when the journal can be read again', () => {
    const waiting = mail({ nextAt: 90_000, lastReply: 'Another desktop may have this.' })
    expect(sendingStep(waiting, { type: 'reconnected' }, rules)?.nextAt).toBe(rules.now)
  })
})

// A world with a server that keeps its word: an accepted transaction reaches each accepted recipient and, with its
// receipt, the mailbox; a pass that begins after the wait has seen every receipt there is.
type Move =
  | {
      do: 'try'
      cut: 'no' | 'before' | 'after' | 'crashBefore' | 'crashAfter'
      refuse: boolean[]
      isFinal: boolean
    }
  | { do: 'look' }
  | { do: 'wait' }
  | { do: 'cancel' }
  | { do: 'retry' }

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('try' as const),
      cut: fc.constantFrom('no', 'before', 'after', 'crashBefore', 'crashAfter'),
      refuse: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
      isFinal: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'look' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'wait' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'retry' as const }) },
)

interface World {
  now: number
  mail: Sending
  got: Map<string, number>
  receipts: number
}

function step(world: World, event: SendingEvent): boolean {
  const next = sendingStep(world.mail, event, { now: world.now, receiptWait: 500 })
  if (next !== null) world.mail = next
  return next !== null
}

function attempt(world: World, { cut, refuse, isFinal }: Extract<Move, { do: 'try' }>): void {
  if (!step(world, { type: 'started', wantsReceipt: true })) return
  const refused = world.mail.envelope.filter((_, n) => refuse[n]).map((a) => no(a, !isFinal))
  const taken = world.mail.envelope.filter((_, n) => refuse[n] !== true)
  if (cut === 'crashBefore') {
    step(world, { type: 'interrupted' })
    return
  }
  if (taken.length === 0) {
    const outcome = isFinal ? 'refused' : 'retry'
    step(world, answered({ outcome, reply: 'nobody', refused }))
    return
  }
  step(world, { type: 'heard', refused, hasReceipt: true })
  if (cut === 'before') {
    step(world, answered({ outcome: 'uncertain', reply: 'cut' }))
    return
  }
  for (const address of taken) world.got.set(address, (world.got.get(address) ?? 0) + 1)
  world.receipts += 1
  if (cut === 'no') step(world, answered({ outcome: 'accepted', reply: '250', refused }))
  if (cut === 'after') step(world, answered({ outcome: 'uncertain', reply: 'cut' }))
  if (cut === 'crashAfter') step(world, { type: 'interrupted' })
}

function look(world: World): void {
  const isSeen = step(world, { ...seen(world.receipts) })
  if (!isSeen) step(world, { type: 'unseen', since: world.now })
}

function play(world: World, one: Move, isAgentBold: boolean): void {
  world.now += 1
  if (one.do === 'try' && (world.mail.nextAt ?? 0) <= world.now) attempt(world, one)
  if (one.do === 'look') look(world)
  if (one.do === 'wait') world.now += 3_600_000
  if (one.do === 'cancel') step(world, { type: 'cancelled' })
  // An agent who tries an uncertain mail again before its receipt was looked for takes the risk knowingly.
  if (one.do === 'retry' && (isAgentBold || world.mail.state !== 'uncertain')) {
    if (world.mail.state !== 'queued' || world.mail.doubted.length === 0)
      step(world, { type: 'retried' })
  }
}

describe('any interleaving of tries, cuts, crashes, receipts, cancelling and retrying', () => {
  it(
    'gives each recipient the mail at most once, says the truth at the end, and never ends in doubt',
    () => {
      fc.assert(
        fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
          const world: World = { now: 1_000, mail: mail(), got: new Map(), receipts: 0 }
          for (const one of moves) play(world, one, false)
          // Quiet at last: nothing breaks any more.
          for (let n = 0; n < 6; n += 1) {
            world.now += 3_600_000
            look(world)
            if (world.mail.state === 'queued' && world.now - world.mail.queuedAt < giveUpAfter) {
              attempt(world, { do: 'try', cut: 'no', refuse: [], isFinal: false })
            }
          }
          const { mail: end, got } = world
          for (const address of [A, B]) expect(got.get(address) ?? 0).toBeLessThanOrEqual(1)
          expect(['sent', 'partly', 'failed', 'cancelled', 'queued']).toContain(end.state)
          if (end.state === 'sent') for (const address of [A, B]) expect(got.get(address)).toBe(1)
          if (end.state === 'partly') {
            const lost = end.refused.map((one) => one.address)
            for (const address of [A, B])
              expect(got.get(address) ?? 0).toBe(lost.includes(address) ? 0 : 1)
          }
          if (end.state === 'cancelled' && end.doubted.length > 0) expect(got.size).toBe(0)
        }),
        runs,
      )
    },
    patient.timeout,
  )
})
