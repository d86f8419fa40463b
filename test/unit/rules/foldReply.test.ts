// What agents write, and what became of its delivery (participants.md §2 "removed", §5).
import { describe, expect, it } from 'vitest'
import type { TicketEvent } from '#shared/model/event'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  agentAda,
  agentMax,
  aMail,
  anEvent,
  aReply,
  ccBob,
  ccCarl,
  facts,
  idOf,
  requester,
} from '../builders'

const fold = (...events: TicketEvent[]) => projectTicket(facts([aMail(), ...events]))
const reply = (...events: TicketEvent[]) =>
  fold(aReply('r1', 10), ...events).comments.find(({ id }) => id === 'r1')
const aNote = (text: string, mentions: string[] = [], at = 10) =>
  anEvent({ kind: 'note.written', commentId: 'n1', text, mentions }, { at })
const settled = (state: 'sent' | 'partly' | 'failed', at: number, refused: string[] = []) =>
  anEvent({ kind: 'delivery.settled', messageId: idOf('r1'), state, refused }, { at })
const narrowed = (...addresses: string[]) =>
  anEvent(
    {
      kind: 'delivery.narrowed',
      commentId: 'r1',
      messageId: idOf('r1'),
      skipped: addresses.map((address) => ({ address, because: 'removed' as const })),
    },
    { at: 20 },
  )

describe('a note', () => {
  it('names who is mentioned, once each, and who writes it', () => {
    const { comments } = fold(aNote('Look.', [agentAda, agentAda.toUpperCase()]))
    expect(comments.at(-1)).toMatchObject({
      author: { address: agentMax },
      isInternal: true,
      visibility: 'private',
      mentions: [agentAda],
      audience: [],
      leftOut: [],
      flags: [],
    })
    expect(fold(aNote('Look.')).comments.at(-1)).not.toHaveProperty('mentions')
  })

  it('makes whoever is mentioned a follower of everything', () => {
    expect(fold(aNote('Look.', [agentAda])).participants).toContainEqual(
      expect.objectContaining({ role: 'follower', address: agentAda, level: 'all' }),
    )
  })

  it('is there once, however often it is recorded', () => {
    const { comments, audit } = fold(aNote('One.'), aNote('Two.', [], 11))
    expect(comments.map(({ text }) => text)).toEqual([null, 'One.'])
    expect(audit.at(-1)).toMatchObject({ what: 'event.ineffective', because: 'no-change' })
  })
})

describe('the delivery of a reply', () => {
  it('is told by its last word only', () => {
    expect(reply(settled('failed', 11))?.flags).toEqual(['delivery-failed'])
    expect(reply(settled('failed', 11), settled('partly', 12))?.flags).toEqual(['delivery-partly'])
    expect(reply(settled('failed', 11), settled('sent', 12))?.flags).toEqual([])
  })

  it('is told of a private reply too', () => {
    const secret = aReply('r1', 10, { visibility: 'private', audience: [agentAda] })
    expect(fold(secret, settled('failed', 11)).comments.at(-1)?.flags).toEqual(['delivery-failed'])
  })

  it('says in the trail which address the server refused, for which mail', () => {
    expect(fold(aReply('r1', 10), settled('partly', 11, [ccBob])).audit).toContainEqual(
      expect.objectContaining({
        what: 'address.undeliverable',
        because: 'refused',
        detail: { address: ccBob, messageId: idOf('r1') },
      }),
    )
  })
})

describe('people who were taken off a mail before it left', () => {
  it('are no audience of it, and the trail says why; everybody else is', () => {
    expect(reply()?.audience).toEqual([requester, ccBob, ccCarl])
    expect(reply(narrowed(ccBob.toUpperCase()))?.audience).toEqual([requester, ccCarl])
    expect(fold(aReply('r1', 10), narrowed(ccBob)).audit.at(-1)).toMatchObject({
      what: 'delivery.narrowed',
      because: 'removed',
      detail: { address: ccBob, messageId: idOf('r1') },
    })
  })

  it('are nobody where none is named, which changes nothing', () => {
    expect(fold(aReply('r1', 10), narrowed()).audit.at(-1)).toMatchObject({
      what: 'event.ineffective',
      because: 'no-change',
    })
  })

  it('may belong to a mail that is not here', () => {
    expect(fold(narrowed(ccBob)).audit.at(-1)).toMatchObject({ what: 'delivery.narrowed' })
  })
})
