import { describe, expect, it } from 'vitest'
import type { Desk } from '#shared/model/desk'
import type { PresenceNote } from '#shared/model/presence'
import { emptyDesk } from '#shared/rules/desk'
import { newestNotes, serverAhead, whoIsHere, type SeenNote } from '#shared/rules/presence'

const person = (name: string) => ({
  name,
  address: `${name}@desk.test`,
  aliases: name === 'ada' ? ['lovelace@desk.test'] : [],
  role: 'agent' as const,
  groups: [],
})
const device = (id: string, owner: string, more = {}) => ({
  id,
  owner: `${owner}@desk.test`,
  name: '',
  isApproved: true,
  isRevoked: false,
  ...more,
})
const desk: Desk = {
  ...emptyDesk,
  people: ['ada', 'ben', 'cleo'].map(person),
  devices: [
    device('a', 'ada'),
    device('a2', 'ada'),
    device('b', 'ben'),
    device('c', 'cleo', { isRevoked: true }),
  ],
}
const note = (by: string, on: string, more: Partial<PresenceNote> = {}): PresenceNote => ({
  v: 1,
  device: on,
  by: `${by}@desk.test`,
  ticketId: 't1',
  state: 'viewing',
  ...more,
})
const seen = (uid: number, what: PresenceNote | null, at = 1_000): SeenNote => ({
  uid,
  at,
  note: what,
})
const here = (notes: SeenNote[], me = 'cleo@desk.test', serverNow = 1_000, on = desk) =>
  whoIsHere(notes, { desk: on, me, serverNow, ttlMs: 50 }).map(
    ({ address, ticketId, state }) => `${address} ${state} ${ticketId}`,
  )

describe('who is here', () => {
  it('names each colleague at each ticket once, never the one who asks', () => {
    const notes = [seen(1, note('ben', 'b')), seen(2, note('ada', 'a'))]
    expect(here(notes)).toEqual(['ada@desk.test viewing t1', 'ben@desk.test viewing t1'])
    expect(here(notes, 'ben@desk.test')).toEqual(['ada@desk.test viewing t1'])
    expect(here(notes, 'lovelace@desk.test')).toEqual(['ben@desk.test viewing t1'])
  })

  it('believes the newest note of a desktop, by UID', () => {
    const away = note('ben', 'b', { ticketId: 't2' })
    expect(here([seen(9, away), seen(4, note('ben', 'b'))])).toEqual(['ben@desk.test viewing t2'])
    expect(newestNotes([seen(4, note('ben', 'b')), seen(5, null)]).map(({ uid }) => uid)).toEqual([
      4,
    ])
  })

  it('says replying when one desktop of a person replies and the other looks', () => {
    const notes = [seen(1, note('ada', 'a', { state: 'replying' })), seen(2, note('ada', 'a2'))]
    expect(here(notes)).toEqual(['ada@desk.test replying t1'])
    expect(here(notes.reverse())).toEqual(['ada@desk.test replying t1'])
  })

  it.each([
    ['a note that was not renewed', [seen(1, note('ben', 'b'), 949)]],
    ['somebody who is not in the directory', [seen(1, note('eve', 'b'))]],
    ['a desktop that speaks for another', [seen(1, note('ben', 'a'))]],
    ['a desktop that was revoked', [seen(1, note('cleo', 'c'))]],
    ['a desktop that never announced itself', [seen(1, note('ben', 'unknown'))]],
    ['what cannot be read', [seen(1, null)]],
  ])('leaves out %s', (_what, notes) => {
    expect(here(notes, 'nobody@desk.test')).toEqual([])
  })

  it('keeps a note for exactly its life', () => {
    expect(here([seen(1, note('ben', 'b'), 950)])).toHaveLength(1)
  })

  it('leaves out a desktop that waits for an admin', () => {
    const waiting = {
      ...desk,
      approvesDevices: true,
      devices: [device('b', 'ben', { isApproved: false })],
    }
    expect(here([seen(1, note('ben', 'b'))], 'ada@desk.test', 1_000, waiting)).toEqual([])
  })
})

describe('the clock of the server', () => {
  it('is never behind a note it has dated, whatever this clock says', () => {
    expect(serverAhead(null, 5_000, 1_000)).toBe(4_000)
    expect(serverAhead(4_000, 5_500, 2_000)).toBe(4_000)
    expect(serverAhead(4_000, 9_000, 2_000)).toBe(7_000)
    expect(serverAhead(null, 1_000, 90_000)).toBe(-89_000)
  })
})
