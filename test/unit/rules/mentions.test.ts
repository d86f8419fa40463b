import { describe, expect, it } from 'vitest'
import type { Desk } from '#shared/model/desk'
import { emptyDesk } from '#shared/rules/desk'
import { mentionsIn, mentionSpans } from '#shared/rules/mentions'

const person = (name: string, address: string) => ({
  name,
  address,
  aliases: [],
  role: 'agent' as const,
  groups: [],
})
const desk: Desk = {
  ...emptyDesk,
  people: [
    person('Ann', 'ann@desk.example'),
    person('Ann Lee', 'annlee@desk.example'),
    person('Max', 'max@desk.example'),
    person('', 'n@desk.example'),
    person('Kim', 'kim@desk.example'),
    person('Kim', 'kim2@desk.example'),
  ],
}

describe('who is mentioned', () => {
  it.each([
    ['@Ann please look', ['ann@desk.example']],
    ['ask @ann, or wait', ['ann@desk.example']],
    ['ask @ann.', ['ann@desk.example']],
    ['@Ann Lee please look', ['annlee@desk.example']],
    ['@Ann and @Ann Lee', ['ann@desk.example', 'annlee@desk.example']],
    ['@Annabel is a customer', []],
    ['write to info@max.example', []],
    ['write to joe@max', []],
    ['@max@desk.example', ['max@desk.example']],
    ['@MAX@DESK.EXAMPLE.', ['max@desk.example']],
    ['@max@desk.example.org', []],
    ['mail max@desk.example yourself', []],
    ['(@Max)', ['max@desk.example']],
    ['@Kim', ['kim@desk.example', 'kim2@desk.example']],
    ['', []],
  ])('%j: %j', (text, found) => {
    expect(mentionsIn(desk, text)).toEqual(found)
  })
})

it('where a text names them, with the @ and no more', () => {
  const text = 'İstanbul: @Ann Lee, @nobody and (@max).'
  const spans = mentionSpans(desk, text)
  expect(spans.map(({ at, length }) => text.slice(at, at + length))).toEqual(['@Ann Lee', '@max'])
  expect(spans.map(({ addresses }) => addresses)).toEqual([
    ['annlee@desk.example'],
    ['max@desk.example'],
  ])
  expect(mentionSpans(desk, 'nobody')).toEqual([])
  expect(mentionSpans({ people: [] }, 'a @ b')).toEqual([{ at: 2, length: 1, addresses: [] }])
})
