import { decideVisibility, type VisibilityInput } from '#shared/rules/visibility'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { page, tableOf } from '../page'
import { runs } from '../runs'

vi.setConfig({ testTimeout: 60_000 })

/** The requester answers our public reply by a plain Reply. */
const plain: VisibilityInput = {
  isOwnId: false,
  isBounce: false,
  isAutomatic: false,
  isLooping: false,
  isSurplus: false,
  isSentElsewhere: false,
  isFromSupport: false,
  trust: 'verified',
  hasToken: false,
  isInternal: false,
  isNewTicket: false,
  role: 'requester',
  isCc: false,
  mayWritePublicly: true,
  answers: 'public',
  quotesPrivate: false,
  isRequesterIncluded: true,
  isToSupportOnly: true,
  isToCustomers: false,
  hasPublicComment: true,
  hasLeftOut: false,
  supportOnlyCcReply: 'private',
}

type Words = Partial<VisibilityInput>

const cc: Words = { role: 'cc', isCc: true, isToCustomers: true }
const ccAlone: Words = { ...cc, isRequesterIncluded: false, isToCustomers: false }
const agent: Words = { role: 'agent', isInternal: true, isRequesterIncluded: false }
const internalCc: Words = { ...agent, role: 'cc', isCc: true }
const everything: Words = { isOwnId: true, isBounce: true, isAutomatic: true, trust: 'failed' }

interface Row {
  readonly row: number
  readonly reason: string
  /** Situations that this row decides, and what it says: `visibility`, or `kind visibility`. */
  readonly cases: readonly (readonly [
    when: string,
    input: Words,
    says: string,
    ...flags: string[],
  ])[]
}

const rows: readonly Row[] = [
  {
    row: 1,
    reason: 'own-mail',
    cases: [
      ['our own Message-ID', { isOwnId: true }, 'receipt private'],
      ['whatever else it is', everything, 'receipt private'],
      ['from the Sent folder', { isOwnId: true, isFromSupport: true }, 'receipt private'],
    ],
  },
  {
    row: 2,
    reason: 'bounce',
    cases: [
      ['a delivery report', { isBounce: true, role: 'outsider' }, 'system private'],
      ['automatic too', { ...everything, isOwnId: false }, 'system private'],
    ],
  },
  {
    row: 3,
    reason: 'automatic',
    cases: [
      ['the requester is on holiday', { isAutomatic: true }, 'system private'],
      ['on a new ticket', { isAutomatic: true, isNewTicket: true }, 'system private'],
      ['of a stranger', { isAutomatic: true, role: 'outsider', trust: 'failed' }, 'system private'],
    ],
  },
  {
    row: 4,
    reason: 'not-authenticated',
    cases: [
      ['the requester, failed', { trust: 'failed' }, 'held', 'sender-failed'],
      ['on a new ticket, failed', { trust: 'failed', isNewTicket: true }, 'held', 'sender-failed'],
      [
        'an internal without verdict',
        { ...agent, trust: 'unverified' },
        'held',
        'sender-not-verified',
      ],
      ['an internal, failed', { ...agent, trust: 'failed' }, 'held', 'sender-failed'],
      [
        'an internal requester without verdict',
        { isInternal: true, trust: 'unverified' },
        'held',
        'sender-not-verified',
      ],
      ['our own address, not by us', { isFromSupport: true, role: 'outsider' }, 'held'],
    ],
  },
  {
    row: 5,
    reason: 'not-a-participant',
    cases: [
      ['a stranger', { role: 'outsider' }, 'held'],
      [
        'a stranger without verdict',
        { role: 'outsider', trust: 'unverified' },
        'held',
        'sender-not-verified',
      ],
      [
        'a stranger who answers a private comment',
        { role: 'outsider', answers: 'private' },
        'held',
      ],
      ['somebody who was internal once', { role: 'follower' }, 'held'],
      ['whoever owned the ticket once', { role: 'assignee' }, 'held'],
    ],
  },
  {
    row: 6,
    reason: 'answers-private',
    cases: [
      ['the requester', { answers: 'private' }, 'private'],
      ['a CC with everybody in copy', { ...cc, answers: 'private' }, 'private'],
      ['an agent', { ...agent, answers: 'private' }, 'private'],
      [
        'an agent by token',
        { ...agent, trust: 'unverified', hasToken: true, answers: 'private' },
        'private',
        'sender-not-verified',
      ],
      ['quoting only', { quotesPrivate: true }, 'private', 'quotes-private'],
      [
        'quoting, on a new ticket',
        { quotesPrivate: true, isNewTicket: true },
        'private',
        'quotes-private',
      ],
    ],
  },
  {
    row: 7,
    reason: 'requester',
    cases: [
      ['the requester', {}, 'public'],
      ['without verdict', { trust: 'unverified' }, 'public', 'sender-not-verified'],
      ['who leaves CCs out', { hasLeftOut: true }, 'public', 'left-out'],
      ['who is internal and light', { isInternal: true, mayWritePublicly: false }, 'public'],
      ['whoever opens a ticket', { isNewTicket: true, hasPublicComment: false }, 'public'],
    ],
  },
  {
    row: 8,
    reason: 'cc-reply-all',
    cases: [
      ['a CC with the requester in copy', cc, 'public'],
      ['who leaves another CC out', { ...cc, hasLeftOut: true }, 'public', 'left-out'],
      ['on a ticket with private comments only', { ...cc, hasPublicComment: false }, 'public'],
    ],
  },
  {
    row: 9,
    reason: 'cc-to-support',
    cases: [
      [
        'a CC to support alone, policy public',
        { ...ccAlone, supportOnlyCcReply: 'public' },
        'public',
        'requester-not-included',
      ],
    ],
  },
  {
    row: 10,
    reason: 'requester-left-out',
    cases: [
      ['a CC to support alone, policy private', ccAlone, 'private', 'requester-not-included'],
      [
        'a CC with others in copy, policy public',
        { ...ccAlone, isToSupportOnly: false, supportOnlyCcReply: 'public' },
        'private',
        'requester-not-included',
      ],
    ],
  },
  {
    row: 11,
    reason: 'requester-left-out',
    cases: [
      ['an internal CC', internalCc, 'private', 'requester-not-included'],
      [
        'an internal CC, policy public',
        { ...internalCc, supportOnlyCcReply: 'public' },
        'private',
        'requester-not-included',
      ],
      [
        'an internal CC who owns the ticket',
        { ...internalCc, role: 'assignee' },
        'private',
        'requester-not-included',
      ],
    ],
  },
  {
    row: 12,
    reason: 'role',
    cases: [
      ['a light agent', { ...agent, mayWritePublicly: false }, 'private'],
      [
        'a light agent with the requester in copy',
        { ...internalCc, mayWritePublicly: false, isRequesterIncluded: true },
        'private',
      ],
    ],
  },
  {
    row: 13,
    reason: 'private-ticket',
    cases: [['an agent', { ...agent, hasPublicComment: false }, 'private']],
  },
  {
    row: 14,
    reason: 'answers-public',
    cases: [
      ['any agent', agent, 'public'],
      ['the assignee', { ...agent, role: 'assignee' }, 'public'],
      ['a follower', { ...agent, role: 'follower' }, 'public'],
      [
        'an internal CC with the requester in copy',
        { ...internalCc, isRequesterIncluded: true },
        'public',
      ],
      [
        'by token',
        { ...agent, trust: 'unverified', hasToken: true },
        'public',
        'sender-not-verified',
      ],
      [
        'who wrote to the requester directly',
        { ...agent, answers: 'unknown', isRequesterIncluded: true, isToCustomers: true },
        'public',
      ],
    ],
  },
]

function said(input: Words): string[] {
  const { kind, visibility, because, flags } = decideVisibility({ ...plain, ...input })
  return [kind === 'comment' ? visibility : `${kind} ${visibility}`, because, ...flags]
}

describe('participants.md §4.3', () => {
  for (const { row, reason, cases } of rows) {
    for (const [when, input, says, ...flags] of cases) {
      it(`row ${String(row)}: ${reason}: ${when}`, () => {
        expect(said(input)).toEqual([says, reason, ...flags])
      })
    }
  }

  it.skipIf(page === null)('has a case for every row of the page, with its reason', () => {
    const [, ...onPage] = tableOf(4)
    expect(rows.map(({ row, reason }) => [String(row), reason])).toEqual(
      onPage.map((cells) => [cells[0], cells.at(-1)]),
    )
  })
})

describe('what the table does not say', () => {
  const elsewhere: Words = {
    ...agent,
    isSentElsewhere: true,
    isFromSupport: false,
    answers: 'unknown',
  }

  it('keeps inside what answers nothing we know', () => {
    expect(said({ ...agent, answers: 'unknown' })).toEqual(['private', 'answers-unknown'])
  })

  it('holds loops and floods, but no colleague who is known to be one', () => {
    expect(said({ isLooping: true })).toEqual(['held', 'suspected-loop'])
    expect(said({ isSurplus: true })).toEqual(['held', 'too-many-mails'])
    expect(said({ isSurplus: true, isAutomatic: true })).toEqual(['system private', 'automatic'])
    const busy = { ...agent, isSurplus: true }
    expect(said({ ...busy, trust: 'verified' })[0]).toBe('public')
    expect(said({ ...busy, trust: 'unverified' })).toEqual([
      'held',
      'too-many-mails',
      'sender-not-verified',
    ])
  })

  it('shows what a colleague sent to customers with another mail program', () => {
    const toCustomers = { ...elsewhere, isToCustomers: true }
    expect(said(toCustomers)).toEqual(['public', 'sent-elsewhere'])
    expect(said({ ...toCustomers, hasLeftOut: true })).toEqual([
      'public',
      'sent-elsewhere',
      'left-out',
    ])
    expect(said(elsewhere)).toEqual(['private', 'sent-elsewhere'])
    expect(said({ ...toCustomers, answers: 'private' })).toEqual([
      'private',
      'answers-private',
      'sent-elsewhere',
    ])
  })
})

const flag = fc.boolean()
const anInput: fc.Arbitrary<VisibilityInput> = fc.record({
  isOwnId: flag,
  isBounce: flag,
  isAutomatic: flag,
  isLooping: flag,
  isSurplus: flag,
  isSentElsewhere: flag,
  isFromSupport: flag,
  trust: fc.constantFrom('verified', 'unverified', 'failed'),
  hasToken: flag,
  isInternal: flag,
  isNewTicket: flag,
  role: fc.constantFrom('requester', 'cc', 'follower', 'assignee', 'agent', 'outsider', 'system'),
  isCc: flag,
  mayWritePublicly: flag,
  answers: fc.constantFrom('public', 'private', 'unknown'),
  quotesPrivate: flag,
  isRequesterIncluded: flag,
  isToSupportOnly: flag,
  isToCustomers: flag,
  hasPublicComment: flag,
  hasLeftOut: flag,
  supportOnlyCcReply: fc.constantFrom('private', 'public'),
})

describe('for every combination', () => {
  const always = (holds: (input: VisibilityInput, visibility: string) => boolean) => () => {
    fc.assert(
      fc.property(anInput, (input) => holds(input, decideVisibility(input).visibility)),
      runs,
    )
  }
  const isInbound = (input: VisibilityInput) => !input.isSentElsewhere

  it(
    'nothing private is made public by answering or quoting it',
    always((i, v) => (i.answers !== 'private' && !i.quotesPrivate) || v !== 'public'),
  )
  it(
    'an outsider is never public on a ticket that exists',
    always((i, v) => i.role !== 'outsider' || i.isNewTicket || !isInbound(i) || v !== 'public'),
  )
  it(
    'a failed mail is never public',
    always((i, v) => i.trust !== 'failed' || !isInbound(i) || v !== 'public'),
  )
  it(
    'an internal who is not verified and has no token is never public',
    always((i, v) => {
      const isProven = i.trust === 'verified' || i.hasToken
      return !i.isInternal || isProven || !isInbound(i) || v !== 'public'
    }),
  )
  it(
    'an automatic mail is never public and never held for an agent’s attention',
    always((i, v) => !i.isAutomatic || v === 'private'),
  )
  it(
    'a light agent is never public, unless as requester',
    always(
      (i, v) =>
        i.mayWritePublicly ||
        !i.isInternal ||
        i.role === 'requester' ||
        i.isNewTicket ||
        !isInbound(i) ||
        v !== 'public',
    ),
  )
})
