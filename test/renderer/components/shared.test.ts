import { mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import RowAlerts from '#renderer/components/ticket/RowAlerts.vue'
import PresenceAvatars from '#renderer/components/ticket/PresenceAvatars.vue'
import ConflictStrip from '#renderer/components/ticket/ConflictStrip.vue'
import { conflictWords } from '#renderer/components/ticket/conflictWords'
import { presenceWords } from '#renderer/components/ticket/presenceWords'
import { speak } from '#renderer/i18n'
import type { ConflictView } from '#shared/ipc/contract'
import type { PresentPerson } from '#shared/model/presence'
import { aRow } from '../support/samples'

afterEach(() => speak('en'))

const names = new Map([
  ['ada@desk.example', 'Ada'],
  ['ben@desk.example', 'Ben'],
])
const at = (address: string, state: PresentPerson['state']): PresentPerson => ({
  address: `${address}@desk.example`,
  ticketId: 't',
  state,
})

it('says who replies before who looks', async () => {
  expect(presenceWords([], names)).toBe('')
  expect(presenceWords([at('ada', 'viewing'), at('ben', 'viewing')], names)).toBe(
    'Ada and Ben are viewing.',
  )
  const both = [at('ada', 'viewing'), at('ben', 'replying')]
  expect(presenceWords(both, names)).toBe('Ben is replying. Ada is viewing.')
  await speak('de')
  expect(presenceWords(both, names)).toBe('Ben antwortet gerade. Ada liest mit.')
})

it('keeps the words for a screen reader where there is room for avatars only', () => {
  const wrapper = mount(PresenceAvatars, {
    props: { people: [at('ben', 'replying')], names, isShort: true },
  })
  expect(wrapper.get('.unseen').text()).toBe('Ben is replying.')
  expect(wrapper.attributes('title')).toBe('Ben is replying.')
})

const noon = new Date(2026, 2, 4, 12).getTime()
const hour = 3_600_000
const conflict = (more: Partial<ConflictView> = {}): ConflictView => ({
  id: 'c1',
  field: 'status',
  about: '',
  because: 'newer',
  by: 'ben@desk.example',
  byName: 'Ben',
  at: noon + hour,
  value: 'solved',
  mineAt: noon,
  mineValue: 'open',
  ...more,
})

it.each([
  [{}, 'Ben solved it at 13:00; your change from 12:00 was older.'],
  [{ value: 'pending' }, 'Ben set it to “Pending” at 13:00; your change from 12:00 was older.'],
  [
    { field: 'assignee', value: 'ada@desk.example' },
    'Ben assigned it to Ada at 13:00; your change from 12:00 was older.',
  ],
  [
    { field: 'assignee', value: '' },
    'Ben assigned it to Nobody at 13:00; your change from 12:00 was older.',
  ],
  [
    { field: 'follower', about: 'ada@desk.example', value: 'removed', because: 'narrower' },
    'Ben changed the follower Ada at 13:00; by that fewer people can read it, so it holds over your change from 12:00.',
  ],
] satisfies [Partial<ConflictView>, string][])('tells of %o', (more, words) => {
  expect(conflictWords(conflict(more), names, noon + 2 * hour)).toBe(words)
})

it('is dismissed one by one', async () => {
  const strip = mount(ConflictStrip, {
    props: { conflicts: [conflict(), conflict({ id: 'c2' })], names, now: noon + hour },
  })
  await strip.findAll('button')[1]?.trigger('click')
  expect(strip.emitted('dismiss')).toEqual([['c2']])
})

it.each([
  ['failed', 'Failed'],
  ['partly', 'Partly sent'],
  ['held', 'Decide'],
] as const)('a row whose mail is %s says so, and nothing worse', (delivery, words) => {
  const wrapper = mount(RowAlerts, { props: { row: aRow('a', { delivery }) } })
  expect(wrapper.text()).toBe(words)
})
