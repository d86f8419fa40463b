import { mount } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { defineComponent, h, nextTick } from 'vue'
import { createRouter, createMemoryHistory } from 'vue-router'
import { useNewTicketStore } from '#renderer/stores/newTicket'
import { useSessionStore } from '#renderer/stores/session'
import NewTicket from '#renderer/views/NewTicket.vue'
import type { Mailbox, Person } from '#shared/model/account'
import { defaultPolicy } from '#shared/model/policy'
import { createFakeBridge, install, type FakeBridge } from '../support/fakeBridge'
import { maria, support } from '../support/samples'

const ben: Person = {
  ...{ name: 'Ben Bright', address: 'ben@desk.example', aliases: [] },
  ...{ role: 'agent', groups: [] },
}
const me = { name: 'Ada', address: 'ada@desk.example', role: 'agent' } as const
const mailbox: Mailbox = {
  ...{ address: support, aliases: [], name: 'Desk', signature: '', group: null, account: null },
}

/** The dialog and its editor take a while on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })
let bridge: FakeBridge

beforeEach(() => {
  bridge = createFakeBridge({
    session: {
      get: () => ({
        ...{ isSetUp: true, agent: me, signature: '', accounts: [], passwords: 'ask' },
        ...{ composerDefault: 'public', people: [ben], mailboxes: [mailbox], templates: [] },
      }),
    },
    policy: { get: () => defaultPolicy },
    drafts: { list: () => [], save: () => undefined },
    attachments: { staged: () => [] },
    tickets: { create: () => ({ ticketId: 't9' }), suggestPeople: () => [] },
  })
  install(bridge)
  setActivePinia(createPinia())
})
afterEach(() => {
  document.body.replaceChildren()
})

async function open() {
  const session = useSessionStore()
  await session.load()
  const store = useNewTicketStore()
  const text = '@Ben Bright will call you.'
  store.change({ requesters: [maria], subject: 'Lamp', text })
  const component = { render: () => null }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/:view/:id', name: 'ticket', component },
      { path: '/:rest(.*)*', component },
    ],
  })
  const Host = defineComponent({
    setup: () => () => h(TooltipProvider, () => h(NewTicket, { modelValue: true })),
  })
  mount(Host, { attachTo: document.body, global: { plugins: [router] } })
  const find = (what: string) => document.body.querySelector<HTMLElement>(what)
  await vi.waitFor(() => expect(find('[role=textbox]')?.textContent).toBe(text), 10_000)
  return { store, find, create: () => find('[data-testid=create]')?.click() }
}

it('does not open a ticket that tells customers who follows, and mends it by one key', async () => {
  const { store, find, create } = await open()
  expect(document.body.textContent).toContain('with the @, Ben Bright follows the ticket')
  create()
  await nextTick()
  expect(bridge.inputsOf('tickets.create')).toEqual([])
  expect(document.activeElement?.textContent).toContain('Write it without @')
  find('[data-testid=mend-names]')?.click()
  await nextTick()
  expect(store.draft.text).toBe('Ben Bright will call you.')
  expect(find('[data-testid=mend-names]')).toBeNull()
  create()
  await vi.waitFor(() => expect(bridge.inputsOf('tickets.create')).toHaveLength(1))
})

it('lets a colleague be named who is in Cc for all to see', async () => {
  const { store, find, create } = await open()
  store.change({ ccs: [{ name: 'Ben Bright', address: 'Ben@desk.example' }] })
  await nextTick()
  expect(find('[data-testid=mend-names]')).toBeNull()
  create()
  await vi.waitFor(() => expect(bridge.inputsOf('tickets.create')).toHaveLength(1))
})
