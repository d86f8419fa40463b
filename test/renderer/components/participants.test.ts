import { mount, type VueWrapper } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { afterEach, expect, it } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import CcSection from '#renderer/components/participants/CcSection.vue'
import type { CcField } from '#renderer/components/participants/ccField'
import { aCc, ana, maria, support } from '../support/samples'

let wrapper: VueWrapper

function show(part: Partial<CcField> = {}) {
  const field: CcField = {
    ccs: [],
    limit: 20,
    requester: maria,
    support: [support],
    undeliverable: [],
    names: new Map([
      [maria.address, maria.name],
      [ana.address, ana.name],
    ]),
    colleagues: new Set([ana.address]),
    agentCc: 'offer-follower',
    suggest: async () => [],
    canChange: true,
    ...part,
  }
  // Typed here, because the wrapper's own type does not name the component's events.
  const Host = defineComponent({ setup: () => () => h(TooltipProvider, () => h(CcSection, field)) })
  wrapper = mount(Host, { attachTo: document.body })
  const section = wrapper.findComponent(CcSection)
  const input = section.get('input')
  return {
    section,
    input,
    added: () => section.emitted('change') ?? [],
    type: async (text: string, key = 'Enter') => {
      await input.setValue(text)
      await input.trigger('keydown', { key })
      await nextTick()
    },
    paste: async (text: string) => {
      await input.trigger('paste', { clipboardData: { getData: () => text } })
      await nextTick()
    },
  }
}

afterEach(() => {
  wrapper.unmount()
})

it('makes three CCs of a pasted list', async () => {
  const { paste, added, input } = show()
  await paste('Ann <a@x.org>, b@x.org; c@x.org')
  expect(added()).toEqual([
    [
      {
        do: 'addCcs',
        people: [
          { name: 'Ann', address: 'a@x.org' },
          { name: '', address: 'b@x.org' },
          { name: '', address: 'c@x.org' },
        ],
      },
    ],
  ])
  expect(input.element.value).toBe('')
})

it('adds what is right and keeps what is not, with the reason', async () => {
  const { paste, added, input, section } = show()
  await paste('a@x.org, b@@x.org')
  expect(added()).toEqual([[{ do: 'addCcs', people: [{ name: '', address: 'a@x.org' }] }]])
  expect(input.element.value).toBe('b@@x.org')
  expect(section.get('[role=alert]').text()).toContain('b@@x.org')
})

it.each([
  ['Enter', 'a@x.org'],
  [',', 'a@x.org'],
  [';', 'a@x.org'],
])('takes an address at %s', async (key, text) => {
  const { type, added } = show()
  await type(text, key)
  expect(added()).toEqual([[{ do: 'addCcs', people: [{ name: '', address: 'a@x.org' }] }]])
})

it('does not cut a quoted name at its comma', async () => {
  const { type, added, input } = show()
  await type('"Lee', ',')
  expect(added()).toEqual([])
  expect(input.element.value).toBe('"Lee')
})

it.each([
  ['the requester', 'MARIA@customer.example', 'is the requester'],
  ['the desk itself', 'support+x@desk.example', 'own address'],
  ['somebody twice', 'jon@customer.example', 'is a CC already'],
])('refuses %s in a sentence', async (_who, text, words) => {
  const { type, added, section } = show({ ccs: [aCc('jon@customer.example')] })
  await type(text)
  expect(added()).toEqual([])
  expect(section.get('[role=alert]').text()).toContain(words)
})

it('adds up to the limit and names the one too many', async () => {
  const { paste, added, section } = show({ ccs: [aCc('one@x.org')], limit: 2 })
  await paste('two@x.org, three@x.org')
  expect(added()).toEqual([[{ do: 'addCcs', people: [{ name: '', address: 'two@x.org' }] }]])
  expect(section.get('[role=alert]').text()).toContain('three@x.org')
  expect(section.text()).toContain('1/2')
})

it('asks before a colleague becomes visible to customers', async () => {
  const { type, added, section } = show()
  await type(ana.address)
  expect(added()).toEqual([])
  expect(section.text()).toContain('Ana Ribeiro is a colleague')
  const follow = section.findAll('button').find((one) => one.text() === 'Add as follower')
  await follow?.trigger('click')
  expect(added()).toEqual([[{ do: 'follow', address: ana.address, level: 'all' }]])
})

it('says that a CC is muted without relying on the line through the name', () => {
  const { section } = show({
    ccs: [aCc('jon@customer.example', { isMuted: true, mutedBy: ana.address })],
  })
  expect(section.get('.name').attributes('aria-label')).toContain('muted')
})
