import { describe, expect, it } from 'vitest'
import { inOrder } from '#shared/rules/factOrder'
import { projectTicket } from '#shared/rules/projectTicket'
import { agentAda, aMail, anEvent, facts, idOf, minute, outsider, requester } from '../builders'

const order = (list: Parameters<typeof facts>[0]): string[] =>
  inOrder(facts(list)).map((fact) => fact.id)

describe('the order of facts', () => {
  it('puts an answer after the mail it answers when the server’s clock shows the same second', () => {
    // By id alone the answers would come first.
    const first = aMail({ id: 'z' })
    const answer = aMail({ id: 'm', answers: idOf('z') })
    const next = aMail({
      id: 'a',
      answers: idOf('m'),
      more: { references: [idOf('z'), idOf('m')] },
    })
    expect(order([next, answer, first])).toEqual(['z', 'm', 'a'])
  })

  it('puts an answer after a mail that was delayed on its way', () => {
    const answer = aMail({ id: 'a', at: 0, answers: idOf('z') })
    const first = aMail({ id: 'z', at: 1 })
    expect(order([answer, first])).toEqual(['z', 'a'])
  })

  it('does not let an outsider’s quick answer open the ticket it answers', () => {
    const first = aMail({ id: 'z' })
    const stranger = aMail({ id: 'a', from: outsider, answers: idOf('z') })
    const { ticket, comments } = projectTicket(facts([stranger, first]))
    expect(ticket.requester?.address).toBe(requester)
    expect(comments.map((c) => [c.author.address, c.visibility])).toEqual([
      [requester, 'public'],
      [outsider, 'held'],
    ])
  })

  it('keeps a colleague’s answer to the notification of a note private, even within the same second', () => {
    const first = aMail({ id: 'z' })
    const note = anEvent(
      {
        kind: 'note.written',
        commentId: 'n1',
        text: 'The old firmware again.',
        mentions: [],
        mails: [{ messageId: 'told@desk.example', kind: 'follower', to: [agentAda], cc: [] }],
      },
      { at: 5 },
    )
    const answer = aMail({ id: 'b', from: agentAda, answers: 'told@desk.example', at: 5 })
    const early = { ...answer, receivedAt: minute(5) - 900 }
    const { comments } = projectTicket(facts([first, note, early]))
    expect(comments.map((c) => [c.id, c.visibility, c.because]).slice(1)).toEqual([
      ['n1', 'private', 'agent-chose'],
      ['b', 'private', 'answers-private'],
    ])
  })
})
