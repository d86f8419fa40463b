import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import DirectorySection from '#renderer/components/settings/DirectorySection.vue'
import PolicySection from '#renderer/components/settings/PolicySection.vue'
import type { Person } from '#shared/model/account'
import { defaultPolicy } from '#shared/model/policy'

let wrapper: VueWrapper
afterEach(() => {
  wrapper.unmount()
})

const settle = () => new Promise((done) => setTimeout(done))

it('shows what holds again when a change of the policy is refused', async () => {
  const tried: unknown[] = []
  let isAllowed = false
  wrapper = mount(PolicySection, {
    attachTo: document.body,
    props: {
      policy: defaultPolicy,
      canChange: true,
      change: (changes: object) => {
        tried.push(changes)
        return Promise.resolve(isAllowed)
      },
    },
  })
  const limit = () => wrapper.get<HTMLInputElement>('[name=ccLimit]').element
  const ccs = () => wrapper.get<HTMLInputElement>('[name=ccsEnabled]').element
  const colleagues = () => wrapper.get<HTMLSelectElement>('[name=agentCc]').element
  await wrapper.get('[name=ccLimit]').setValue('99')
  await settle()
  expect([tried.at(-1), limit().value]).toEqual([{ ccLimit: 99 }, '20'])
  expect(document.activeElement).toBe(limit())
  await wrapper.get('[name=ccsEnabled]').setValue(false)
  await settle()
  expect([tried.at(-1), ccs().checked]).toEqual([{ ccsEnabled: false }, true])
  await wrapper.get('[name=agentCc]').setValue('refuse')
  await settle()
  expect([tried.at(-1), colleagues().value]).toEqual([{ agentCc: 'refuse' }, 'offer-follower'])
  isAllowed = true
  await wrapper.get('[name=ccLimit]').setValue('7')
  await settle()
  expect(limit().value).toBe('7')
})

const ana: Person = {
  name: 'Ana',
  address: 'ana@desk.test',
  aliases: ['a@home.test'],
  role: 'admin',
  groups: [],
}

function showPeople(isAllowed = true) {
  const saved: Person[] = []
  wrapper = mount(DirectorySection, {
    attachTo: document.body,
    props: {
      people: [ana],
      canChange: true,
      save: (person: Person) => {
        saved.push(person)
        return Promise.resolve(isAllowed)
      },
    },
  })
  const button = (name: string) =>
    [...document.querySelectorAll('button')].filter((each) => each.textContent?.trim() === name)
  return { saved, button, section: wrapper.findComponent(DirectorySection) }
}

it('asks before it removes somebody from the directory', async () => {
  const { button, section } = showPeople()
  button('Remove')[0]?.click()
  await nextTick()
  expect(document.body.textContent).toContain('Remove Ana from the directory?')
  button('Keep')[0]?.click()
  await settle()
  expect(section.emitted('remove')).toBeUndefined()
  button('Remove')[0]?.click()
  await nextTick()
  button('Remove').at(-1)?.click()
  await settle()
  expect(section.emitted('remove')).toEqual([['ana@desk.test']])
})

it('does not add somebody who is there already, under whatever address', async () => {
  const { saved } = showPeople()
  const address = wrapper.get('input[type=email]')
  await address.setValue(' A@Home.test ')
  expect(wrapper.text()).toContain('Ana is in the directory already')
  await wrapper.get('form').trigger('submit')
  expect(saved).toEqual([])
  await address.setValue('ben@desk.test')
  await wrapper.get('form').trigger('submit')
  expect(saved).toMatchObject([{ address: 'ben@desk.test', role: 'agent' }])
})

it('shows the role that holds when a change is refused', async () => {
  const { saved } = showPeople(false)
  await wrapper.get('select').setValue('light')
  await settle()
  expect(saved).toMatchObject([
    { address: 'ana@desk.test', role: 'light', aliases: ['a@home.test'] },
  ])
  expect(wrapper.get<HTMLSelectElement>('select').element.value).toBe('admin')
})
