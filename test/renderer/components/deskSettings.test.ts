import { DOMWrapper, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import DirectorySection from '#renderer/components/settings/DirectorySection.vue'
import MailboxForm from '#renderer/components/settings/MailboxForm.vue'
import PolicyRow from '#renderer/components/settings/PolicyRow.vue'
import PolicySection from '#renderer/components/settings/PolicySection.vue'
import { groupsOf, memberChanges } from '#renderer/components/settings/groups'
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
  const limit = () => wrapper.get<HTMLInputElement>('#policy-ccLimit')
  const ccs = () => wrapper.get('#policy-ccsEnabled')
  const colleagues = () => wrapper.get<HTMLSelectElement>('[data-testid=policy-agentCc] select')
  await limit().setValue('99')
  await settle()
  expect([tried.at(-1), limit().element.value]).toEqual([{ ccLimit: 99 }, '20'])
  expect(document.activeElement).toBe(limit().element)
  await ccs().trigger('click')
  await settle()
  expect([tried.at(-1), ccs().attributes('aria-checked')]).toEqual([{ ccsEnabled: false }, 'true'])
  expect(document.activeElement).toBe(ccs().element)
  await colleagues().setValue('refuse')
  await settle()
  expect([tried.at(-1), colleagues().element.value]).toEqual([
    { agentCc: 'refuse' },
    'offer-follower',
  ])
  isAllowed = true
  await limit().setValue('7')
  await settle()
  expect(limit().element.value).toBe('7')
})

it('says of each setting of the policy what it does, each once', () => {
  wrapper = mount(PolicySection, {
    attachTo: document.body,
    props: { policy: defaultPolicy, canChange: true, change: () => Promise.resolve(true) },
  })
  const shown = wrapper.findAllComponents(PolicyRow)
  expect(shown.map((row) => row.props('name')).sort()).toEqual(Object.keys(defaultPolicy).sort())
  for (const row of shown) {
    const control = row.get('input, select, [role=switch]')
    const words = document.getElementById(control.attributes('aria-describedby') ?? '')
    expect(words?.textContent.trim()).toMatch(/\w.*\.$/s)
  }
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
  const removed: string[] = []
  wrapper = mount(DirectorySection, {
    attachTo: document.body,
    props: {
      people: [ana],
      canChange: true,
      onRemove: (address: string) => removed.push(address),
      save: (person: Person) => {
        saved.push(person)
        return Promise.resolve(isAllowed)
      },
    },
  })
  const button = (name: string) =>
    [...document.querySelectorAll('button')].filter((each) => each.textContent?.trim() === name)
  return { saved, removed, button }
}

it('asks before it removes somebody from the directory', async () => {
  const { removed, button } = showPeople()
  button('Remove')[0]?.click()
  await settle()
  expect(document.body.textContent).toContain('Remove Ana from the directory?')
  button('Keep')[0]?.click()
  await settle()
  expect(removed).toEqual([])
  button('Remove')[0]?.click()
  await settle()
  button('Remove').at(-1)?.click()
  await settle()
  expect(removed).toEqual(['ana@desk.test'])
})

it('does not add somebody who is there already, under whatever address', async () => {
  const { saved, button } = showPeople()
  button('Add person')[0]?.click()
  await settle()
  const dialog = () => new DOMWrapper(document.querySelector('[role=dialog]'))
  const address = dialog().get('input[type=email]')
  await address.setValue(' A@Home.test ')
  expect(document.body.textContent).toContain('Ana is in the directory already')
  await dialog().get('form').trigger('submit')
  expect(saved).toEqual([])
  await address.setValue('ben@desk.test')
  await dialog().get('form').trigger('submit')
  expect(saved).toMatchObject([{ address: 'ben@desk.test', role: 'agent' }])
})

it('changes name, further addresses and groups of somebody, and never the address', async () => {
  const { saved, button } = showPeople()
  button('Edit')[0]?.click()
  await settle()
  const dialog = new DOMWrapper(document.querySelector('[role=dialog]'))
  const [name, address, aliases, groups] = dialog.findAll('input')
  expect(address?.attributes('readonly')).toBeDefined()
  await name?.setValue('Ana Reyes')
  await aliases?.setValue('a@home.test, ana@x.test')
  await groups?.setValue('VIP')
  await dialog.get('form').trigger('submit')
  expect(saved).toEqual([
    { ...ana, name: 'Ana Reyes', aliases: ['a@home.test', 'ana@x.test'], groups: ['VIP'] },
  ])
})

it('reads groups from people and policy, whatever their case, and says who enters or leaves', () => {
  const ben: Person = { ...ana, name: 'Ben', address: 'ben@desk.test', groups: ['vip', 'Lights'] }
  expect(groupsOf([ana, ben], ['VIP', 'Closed'])).toEqual([
    { name: 'Closed', members: [], isRestricted: true },
    { name: 'Lights', members: [ben], isRestricted: false },
    { name: 'VIP', members: [ben], isRestricted: true },
  ])
  expect(memberChanges([ana, ben], 'VIP', ['ana@desk.test'])).toEqual([
    { ...ana, groups: ['VIP'] },
    { ...ben, groups: ['Lights'] },
  ])
  expect(memberChanges([ana, ben], 'VIP', ['ben@desk.test'])).toEqual([])
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

it('offers the groups of the desk to a mailbox, and keeps one that nobody is in any more', async () => {
  const mailbox = {
    address: 'help@desk.test',
    aliases: [],
    name: 'Desk',
    signature: '',
    group: 'Old',
  }
  wrapper = mount(MailboxForm, {
    attachTo: document.body,
    props: {
      mailbox: { ...mailbox, account: null },
      groups: ['Billing'],
      ownSignature: 'Ada',
      canChange: true,
      isBusy: false,
    },
  })
  const group = wrapper.get<HTMLSelectElement>('select')
  expect([group.element.value, group.findAll('option').map((one) => one.text())]).toEqual([
    'Old',
    ['No group', 'Billing', 'Old'],
  ])
  const save = async (name: string) => {
    await group.setValue(name)
    await wrapper.get('form').trigger('submit')
    return (wrapper.emitted('save')?.at(-1)?.[0] as { group: unknown }).group
  }
  expect([await save('Billing'), await save('')]).toEqual(['Billing', null])
})

it('shows the end of a mail while its signature is written: the agent’s lines, then the mailbox’s', async () => {
  const mailbox = { address: 'help@desk.test', aliases: [], name: '', signature: '', group: null }
  const show = (ownSignature: string) =>
    mount(MailboxForm, {
      attachTo: document.body,
      props: {
        mailbox: { ...mailbox, account: null },
        groups: [],
        ownSignature,
        canChange: true,
        isBusy: false,
      },
    })
  const end = (): string => wrapper.get('[data-testid=signature-preview]').element.textContent
  wrapper = show('Ada')
  expect(end()).toBe('-- \nAda')
  await wrapper.get('textarea').setValue('Help desk\n9 to 17')
  expect(end()).toBe('-- \nAda\nHelp desk\n9 to 17')
  wrapper.unmount()
  wrapper = show('')
  expect(wrapper.find('[data-testid=signature-preview]').exists()).toBe(false)
})
