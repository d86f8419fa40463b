import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { afterEach, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import TicketHeader from '#renderer/components/ticket/TicketHeader.vue'
import TicketProperties from '#renderer/components/ticket/TicketProperties.vue'
import { providePersonDoor } from '#renderer/composables/usePersonDoor'
import type { Person } from '#shared/model/account'
import { aDetail, ana, maria, support } from '../support/samples'

let wrapper: VueWrapper
afterEach(() => {
  wrapper.unmount()
})

const colleague = (name: string, address: string): Person => ({
  ...{ name, address, aliases: [] },
  ...{ role: 'agent', groups: [] },
})
const ben = colleague('Ben Bright', 'ben@desk.example')
const people = [colleague(ana.name, ana.address), ben]
const names = new Map(people.map((one) => [one.address, one.name]))
const detail = aDetail('t1', {
  ticket: { assignee: ben.address },
  audit: [
    {
      ...{ at: 1_000, by: ana.address, what: 'ticket.assigned', because: 'agent-chose' },
      ...{ detail: { from: '', to: ben.address }, source: 'e1' },
    },
  ],
})

it('says in the sidebar why the ticket is its assignee’s, by keyboard as well', async () => {
  const Host = defineComponent({
    setup: () => {
      providePersonDoor({
        explain: () => Promise.resolve({ person: [], mails: [] }),
        find: () => undefined,
      })
      const ccField = {
        ...{ ccs: [], limit: 20, requester: maria, support: [support], undeliverable: [] },
        ...{ names, colleagues: new Set<string>(), agentCc: 'allow' as const, canChange: true },
        suggest: () => Promise.resolve([]),
      }
      return () =>
        h(TooltipProvider, () =>
          h(TicketProperties, {
            ...{ detail, people, ccField, names, now: 2_000, me: ana.address, canChange: true },
            ...{ groups: [], findOthers: () => Promise.resolve([]) },
          }),
        )
    },
  })
  wrapper = mount(Host, { attachTo: document.body })
  const name = wrapper.findAll('button').find((one) => one.text() === ben.name)
  // A button: Enter and the space bar press it, the page's own click follows.
  expect(name?.element.tagName).toBe('BUTTON')
  await name?.trigger('click')
  await flushPromises()
  const about = document.querySelector<HTMLElement>('.popover')
  expect(about?.textContent).toContain(ben.address)
  expect(about?.textContent).toMatch(/Ana Ribeiro/)
  expect(about?.contains(document.activeElement)).toBe(true)
  about?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await flushPromises()
  expect(document.querySelector('.popover')).toBeNull()
})

it('gives the ticket to somebody by keyboard alone, and takes it from everybody', async () => {
  wrapper = mount(TicketHeader, {
    attachTo: document.body,
    props: {
      ...{ ticket: detail.ticket, people, names, present: [] },
      ...{ isSidebarShown: true, canChange: true },
    },
    global: { stubs: { IconButton: true } },
  })
  const press = async (key: string) => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
    )
    await flushPromises()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const button = wrapper.get<HTMLElement>('[aria-label*="Ben Bright"]')
  button.element.focus()
  await press('Enter')
  const items = () => [...document.querySelectorAll('[role=menuitemradio]')]
  expect(items().map((one) => one.textContent.trim())).toEqual(['Nobody', ana.name, ben.name])
  expect(items().map((one) => one.getAttribute('aria-checked'))).toEqual(['false', 'false', 'true'])
  await press('Home')
  await press('ArrowDown')
  expect(document.activeElement?.textContent).toContain(ana.name)
  await press('Enter')
  expect(wrapper.emitted('assign')).toEqual([[ana.address]])

  button.element.focus()
  await press('Enter')
  await press('Home')
  await press('Enter')
  expect(wrapper.emitted('assign')?.at(-1)).toEqual([null])
}, 30_000)
