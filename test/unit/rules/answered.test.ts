import type { Desk } from '#shared/model/desk'
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { COMMENT_HEADER } from '#shared/rules/factIndex'
import { projectTicket } from '#shared/rules/projectTicket'
import { describe, expect, it } from 'vitest'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  anEvent,
  aReply,
  ccBob,
  ccCarl,
  facts,
  idOf,
  outsider,
  requester,
  support,
} from '../builders'

type Fact = MailFact | TicketEvent

const project = (list: readonly Fact[], desk: Desk = aDesk()) => projectTicket(facts(list, desk))
const commentOf = (list: readonly Fact[], id: string, desk?: Desk) =>
  project(list, desk).comments.find((comment) => comment.id === id)
const ccsOf = (list: readonly Fact[]) =>
  project(list)
    .participants.filter(({ role }) => role === 'cc')
    .map(({ address }) => address)

const opening = aMail({ cc: [ccBob, ccCarl] })
const begun: readonly Fact[] = [opening, aReply('r1', 1)]
/** Max asks these people in private. */
const aside = (audience: readonly string[], by = agentMax) =>
  aReply('r2', 5, { by, visibility: 'private', audience: [...audience], mails: [] })
const accept = (id: string) =>
  anEvent(
    { kind: 'comment.accepted', messageId: idOf(id), mode: 'accept', aliasOf: null },
    { at: 50 },
  )
const auto = [['auto-submitted', 'auto-replied']] as const

describe('participants.md §4.3 row 6: who sees the answer to a private comment', () => {
  const fromBob = { id: 'm2', at: 10, from: ccBob, answers: idOf('r2') }

  it('is whoever was in that comment, its author too', () => {
    expect(commentOf([...begun, aside([ccBob, ccCarl]), aMail(fromBob)], 'm2')).toMatchObject({
      because: 'answers-private',
      audience: [ccCarl, agentMax],
    })
  })

  it('is the writer and the people of a private mail that is answered', () => {
    const answered = aMail({ id: 'm3', at: 20, from: agentMax, answers: idOf('m2') })
    const list = [...begun, aside([ccBob, ccCarl]), aMail(fromBob), answered]
    expect(commentOf(list, 'm3')).toMatchObject({
      because: 'answers-private',
      audience: [ccCarl, ccBob],
    })
  })

  it('is the same where the private reply does not count, for it may have been sent', () => {
    const opened = anEvent({ kind: 'ticket.grouped', group: 'Board' }, { at: 2, by: agentAda })
    const desk = aDesk({ restrictedGroups: ['Board'] })
    const refused = aside([ccBob, ccCarl])
    const gone = anEvent({ kind: 'follower.removed', address: agentMax }, { at: 3, by: agentAda })
    const list = [...begun, opened, gone, refused, aMail(fromBob)]
    expect(commentOf(list, 'r2', desk)).toBeUndefined()
    expect(commentOf(list, 'm2', desk)).toMatchObject({
      because: 'answers-private',
      audience: [ccCarl, agentMax],
    })
  })

  it('is the same once an agent has let the answer in', () => {
    const unsound = aMail({ ...fromBob, more: { isFromSound: false } })
    const list = [...begun, aside([ccBob, ccCarl]), unsound, accept('m2')]
    expect(commentOf(list, 'm2')).toMatchObject({
      visibility: 'private',
      because: 'answers-private',
      audience: [ccCarl, agentMax],
    })
  })

  it('is the agent who wrote to somebody outside, whatever that person’s mail says it answers', () => {
    const stray = aMail({ id: 'm2', at: 10, from: outsider, cc: [ccBob] })
    expect(commentOf([...begun, aside([outsider]), stray, accept('m2')], 'm2')).toMatchObject({
      visibility: 'private',
      audience: [agentMax],
    })
  })
})

describe('what makes no private thread', () => {
  it('the answer to an automatic mail, though that one is shown inside only', () => {
    const away = aMail({ id: 'away', at: 5, from: ccBob, headers: auto })
    const answer = aMail({ id: 'm2', at: 10, answers: idOf('away'), cc: [ccBob, ccCarl] })
    expect(commentOf([...begun, away], 'away')?.visibility).toBe('private')
    expect(commentOf([...begun, away, answer], 'm2')?.because).toBe('requester')
  })

  it('a public reply that does not count', () => {
    const desk = aDesk({ restrictedGroups: ['Board'] })
    const grouped = anEvent({ kind: 'ticket.grouped', group: 'Board' }, { at: 2, by: agentAda })
    const answer = aMail({ id: 'm2', at: 10, answers: idOf('r3') })
    const list = [opening, grouped, aReply('r3', 5), answer]
    expect(commentOf(list, 'r3', desk)).toBeUndefined()
    expect(commentOf(list, 'm2', desk)?.because).toBe('requester')
  })

  it.each(['inReplyTo', 'references'] as const)(
    'an id in %s that fifty newer ones have followed (reliability.md C5)',
    (field) => {
      const ids = (count: number) => Array.from({ length: count }, (_, n) => `u${String(n)}@x.test`)
      const because = (count: number) =>
        commentOf(
          [
            ...begun,
            aside([ccBob]),
            aMail({ id: 'm2', at: 10, more: { [field]: [idOf('r2'), ...ids(count)] } }),
          ],
          'm2',
        )?.because
      expect(because(49)).toBe('answers-private')
      expect(because(50)).toBe('requester')
    },
  )
})

describe('whom an answer left out of the mail that it answers', () => {
  /** Keeps Bob, leaves Carl out. */
  const edited = (words: Parameters<typeof aMail>[0] = {}) =>
    aMail({ id: 'm3', at: 20, to: [support, requester], cc: [ccBob], ...words })

  it('is off the list, also where a mail and not a reply is answered', () => {
    expect(ccsOf([...begun, edited({ answers: idOf('m1'), from: ccBob, cc: [] })])).toEqual([ccBob])
  })

  it('is who was on the newest mail that it names, not on an older one', () => {
    const toAnn = aMail({ id: 'm2', at: 10, from: ccBob, to: [support, requester] })
    const references = [idOf('r1'), idOf('m2')]
    expect(ccsOf([...begun, toAnn, edited({ more: { references } })])).toEqual([ccBob, ccCarl])
    expect(
      ccsOf([...begun, toAnn, edited({ more: { references: references.reverse() } })]),
    ).toEqual([ccBob])
  })

  it('is nobody when a notification is answered, which had one recipient only', () => {
    const named = aMail({ cc: [ccBob, ccCarl, agentMax] })
    const notice = aMail({
      id: 'f1',
      at: 2,
      from: support,
      to: [agentMax],
      more: { isOwnId: true, headers: [{ name: COMMENT_HEADER, value: 'm1' }] },
    })
    const to = (answers: string) => edited({ from: agentMax, answers: idOf(answers) })
    expect(ccsOf([named, notice, to('f1')])).toEqual([ccBob, ccCarl, agentMax])
    expect(ccsOf([named, notice, to('m1')])).toEqual([ccBob, agentMax])
  })

  it('is nobody when an automatic or a held mail is answered', () => {
    const to = [support, requester, ccCarl]
    const away = aMail({ id: 'm2', at: 10, from: ccBob, to, headers: auto })
    const held = aMail({ id: 'm2', at: 10, from: outsider, to: [...to, ccBob] })
    for (const mail of [away, held]) {
      expect(ccsOf([...begun, mail, edited({ answers: idOf('m2') })])).toEqual([ccBob, ccCarl])
    }
  })
})

/** Why Ann's mail with this text is seen by whom, after a note with those lines. */
function becauseOf(note: string, text: string): string | undefined {
  const written = anEvent(
    { kind: 'note.written', commentId: 'n1', text: note, mentions: [] },
    { at: 2 },
  )
  const mail = aMail({ id: 'm2', at: 10, answers: idOf('r1'), more: { text } })
  return commentOf([...begun, written, mail], 'm2')?.because
}

const secret = 'We will not charge for this because the fault was ours.'

describe('participants.md §4.3 row 6: a mail that quotes private words', () => {
  const wrapped = (mark: string) =>
    `${mark}We will not charge for this\n${mark}because the fault was ours.`

  it.each([
    ['as they are', secret, secret],
    ['in capitals', secret, secret.toUpperCase()],
    ['without the indent they had', `    ${secret}`, secret],
    ['with other spaces', secret, `> ${secret.replaceAll(' ', '  ')}`],
    ['that had other spaces themselves', secret.replaceAll(' ', ' \t'), `> ${secret}`],
    ['in another composition of letters', `Café: ${secret}`, `> Cafe\u0301: ${secret}`],
    ['wrapped again', secret, wrapped('> ')],
    ['wrapped again in a quote of a quote', secret, wrapped('> > ')],
    ['wrapped again in a quote without spaces', secret, wrapped('>>')],
    ['wrapped again and indented', secret, wrapped(' \t> ')],
    [
      'wrapped again, which were not the first',
      `Something else was said before that.\n${secret}`,
      wrapped('> '),
    ],
    [
      'with an angle bracket of their own',
      `The loss is > 20 percent: ${secret}`,
      `> The loss is > 20 percent: ${secret}`,
    ],
    ['that begin with an arrow', `gold->basic: ${secret}`, `gold->basic: ${secret}`],
    ['of exactly 24 letters and spaces', 'It is all our own fault.', '> It is all our own fault.'],
    ['below a line that ends in dashes', `Listen --\n${secret}`, `> ${secret}`],
    ['below a line that begins with dashes', `--- Listen\n${secret}`, `> ${secret}`],
    ['below a line that names an original', `See ----- Original\n${secret}`, `> ${secret}`],
  ])('%s stays private', (_, note, text) => {
    expect(becauseOf(note, text)).toBe('answers-private')
  })

  it('stays private however many private lines the ticket has', () => {
    const lines = Array.from(
      { length: 2100 },
      (_, n) => `Line ${String(n)} of a very long protocol.`,
    )
    expect(becauseOf([...lines, secret].join('\n'), `ok\n> ${secret}`)).toBe('answers-private')
  })
})

describe('what anybody may have written, and is no private word', () => {
  it.each([
    ['a line of 23 letters', 'It is all our own fault', 'It is all our own fault'],
    [
      'a line that says who wrote',
      'On Monday Ann of the customer wrote:',
      'On Monday Ann of the customer wrote:',
    ],
    ['what stands below a signature mark', `ok\n--\n${secret}`, secret],
    ['what stands below a signature mark with a space', `ok\n-- \n${secret}`, secret],
    ['what stands below an original message', `ok\n-----Original Message-----\n${secret}`, secret],
    [
      'what stands below an original message, spaced',
      `ok\n-----  original message\n${secret}`,
      secret,
    ],
    ['what was itself a quote', `  > ${secret}`, `Max wrote > ${secret}`],
    ['other words', secret, 'We will not charge for it.'],
  ])('%s', (_, note, text) => {
    expect(becauseOf(note, text)).toBe('requester')
  })
})
