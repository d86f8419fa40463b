import { mount, RouterLinkStub } from '@vue/test-utils'
import { expect, it } from 'vitest'
import OutboxItem from '#renderer/components/outbox/OutboxItem.vue'
import type { Delivery } from '#shared/ipc/contract'
import { aDelivery, jon, maria } from '../support/samples'

const now = Date.UTC(2026, 2, 1, 12)
const hour = 3_600_000

function show(part: Partial<Delivery>) {
  return mount(OutboxItem, {
    props: { delivery: aDelivery({ queuedAt: now - hour, ...part }), now },
    global: { stubs: { RouterLink: RouterLinkStub } },
  })
}

const busy = '451 4.3.2 Try again later'
const unknown = '550 5.1.1 no such user'

it.each([
  ['waits for the network', { state: 'queued', attempts: 0 }, ['Send now', 'Cancel'], /connection/],
  [
    'waits for its next try',
    { state: 'queued', attempts: 3, nextAt: now + hour, lastReply: busy },
    ['Send now', 'Cancel'],
    /3 tries.*Next try.*The server said: 451 4\.3\.2 Try again later/s,
  ],
  ['is being sent', { state: 'sending', attempts: 1 }, [], /Sending/],
  ['was sent at once', { state: 'sent', attempts: 1 }, [], /Sent/],
  [
    'reached some',
    { state: 'partly', refused: [{ address: jon.address, reply: unknown }], lastReply: unknown },
    ['Retry', 'Leave it'],
    new RegExp(`${jon.address}: ${unknown}`),
  ],
  [
    'reached some, and was left at that',
    { state: 'sent', refused: [{ address: jon.address, reply: unknown }], lastReply: unknown },
    [],
    new RegExp(`Partly sent.*${jon.address}: ${unknown}`, 's'),
  ],
  ['failed', { state: 'failed', lastReply: unknown }, ['Retry', 'Cancel'], /550 5\.1\.1/],
  [
    'was held because other people would get it',
    {
      state: 'failed',
      lastReply: 'Look.',
      canEdit: true,
      held: { comments: [], added: [jon.address], removed: [maria.address] },
    },
    ['Send anyway', 'Edit', 'Cancel'],
    new RegExp(`Other people.*get it too: ${jon.address}.*any more: ${maria.address}`, 's'),
  ],
  [
    'is in doubt and looked for',
    { state: 'uncertain', nextAt: now + 60_000, lastReply: 'Connection closed' },
    ['Retry', 'Mark as sent', 'Cancel'],
    /Looking for its receipt/,
  ],
  [
    'is in doubt where nothing can tell',
    { state: 'uncertain', nextAt: null },
    ['Retry', 'Mark as sent', 'Cancel'],
    /Ask the recipient/,
  ],
  ['was cancelled', { state: 'cancelled', lastReply: 'Cancelled by an agent.' }, [], /Cancelled/],
] satisfies [string, Partial<Delivery>, string[], RegExp][])(
  'a mail that %s says so, with what an agent can do',
  (_, part, actions, words) => {
    const item = show(part)
    expect(item.findAll('button').map((button) => button.text())).toEqual(actions)
    expect(item.text()).toMatch(words)
    expect(item.get('.side').text()).toMatch(/1 h/)
  },
)

it('says the words of a server once, beside whom they are about', () => {
  const refused = [{ address: jon.address, reply: unknown }]
  const item = show({ state: 'partly', to: [maria], cc: [jon], refused, lastReply: unknown })
  expect(item.text().split(unknown)).toHaveLength(2)
})
