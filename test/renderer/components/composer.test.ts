import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import ComposerPanel from '#renderer/components/composer/ComposerPanel.vue'
import ConflictNotice from '#renderer/components/composer/ConflictNotice.vue'
import type { PlanView } from '#shared/ipc/contract'
import type { Person } from '#shared/model/account'
import type { MailAddress } from '#shared/model/address'
import { aComment, aPlan, jon, maria } from '../support/samples'

const eva = { name: 'Eva', address: 'eva@customer.example' }

type Mode = 'public' | 'internal' | 'private'

function show(part: {
  mode?: Mode
  text?: string
  plan?: PlanView | null
  audience?: MailAddress[]
  willFollow?: boolean
  unfinished?: Mode[]
  people?: Person[]
}) {
  const { text = 'Hello', audience = [], ...more } = part
  return mount(ComposerPanel, {
    attachTo: document.body,
    props: {
      ticketId: 't1',
      mode: 'public',
      unfinished: [],
      writing: {
        text,
        html: null,
        audience,
        files: [],
        follow: true,
        isSending: false,
      },
      problem: '',
      plan: aPlan(),
      planProblem: '',
      names: new Map([[jon.address, jon.name]]),
      canPublic: true,
      people: [],
      participants: [],
      templates: [],
      support: ['help@desk.example'],
      suggest: () => Promise.resolve([]),
      willFollow: false,
      ...more,
    },
  })
}

it.each([
  [
    'Reply to Maria + 2 CCs',
    aPlan({ mails: [{ kind: 'public', to: [maria], cc: [jon, eva], messageId: 'm' }] }),
  ],
  ['Reply to Maria', aPlan({ mails: [{ kind: 'public', to: [maria], cc: [], messageId: 'm' }] })],
  ['Reply to 1 CC', aPlan({ mails: [{ kind: 'public', to: [], cc: [jon], messageId: 'm' }] })],
  ['Post public reply', aPlan({ mails: [] })],
  ['Send public reply', null],
])('says on its button whom it reaches: %s', (words, plan) => {
  expect(show({ plan }).get('[data-testid=send]').text()).toBe(words)
})

it('cannot be confused: a note says so in words and names no customer', () => {
  const plan = aPlan({ mails: [{ kind: 'follower', to: [jon], cc: [], messageId: 'm' }] })
  const composer = show({ mode: 'internal', plan })
  expect(composer.get('[data-testid=send]').text()).toBe('Note to the team')
  expect(composer.get('section').attributes('aria-label')).toBe('Internal note')
  expect(composer.text()).toContain('Only colleagues see this.')
  expect(composer.text()).not.toContain('Maria')
})

it('says who is skipped, what is new in the audience and what is wrong', () => {
  const plan = aPlan({
    skipped: [{ address: eva.address, because: 'muted' }],
    warnings: ['requester-undeliverable'],
    audienceChange: { added: [jon.address], removed: [], newDomains: ['new.example'] },
  })
  const text = show({ plan }).text()
  expect(text).toContain('To Maria + 1 CC · 1 left out')
  expect(text).toContain('Mail to the requester comes back')
  expect(text).toContain('New since the last reply: Jon Berg')
  expect(text).toContain('First time outside: new.example')
})

/** The editor comes a moment after its frame. */
const field = (composer: ReturnType<typeof show>) =>
  vi.waitFor(() => composer.get('[role=textbox]'))

it.each(['ctrlKey', 'metaKey'])('sends with %s and Enter, and nothing when empty', async (key) => {
  const composer = show({})
  await (await field(composer)).trigger('keydown', { key: 'Enter', [key]: true })
  expect(composer.emitted('send')).toEqual([[null, null]])
  const empty = show({ text: '  ' })
  await (await field(empty)).trigger('keydown', { key: 'Enter', [key]: true })
  expect(empty.emitted('send')).toBeUndefined()
})

it('asks for one key before mail goes to a new domain', async () => {
  const plan = aPlan({ audienceChange: { added: [], removed: [], newDomains: ['new.example'] } })
  const composer = show({ plan })
  await composer.get('[data-testid=send]').trigger('click')
  expect(composer.emitted('send')).toBeUndefined()
  expect(composer.get('[role=alertdialog]').text()).toContain('new.example')
  expect(document.activeElement?.textContent).toContain('Send it')
  await composer.get('[data-testid=confirm-domain]').trigger('click')
  expect(composer.emitted('send')).toEqual([[null, null]])
})

it('writes privately to chosen people only, and says to whom', () => {
  const plan = aPlan({ mails: [{ kind: 'private', to: [jon], cc: [], messageId: 'm' }] })
  const composer = show({ mode: 'private', plan, audience: [jon] })
  expect(composer.get('section').attributes('aria-label')).toBe('Private reply')
  expect(composer.get('[data-testid=send]').text()).toBe('Private to Jon')
  expect(composer.text()).toContain('Jon Berg')
  const nobody = show({ mode: 'private', plan: aPlan({ mails: [] }) })
  expect(nobody.get('[data-testid=send]').text()).toBe('Choose people')
  expect(nobody.get('[data-testid=send]').attributes('disabled')).toBeDefined()
})

it('marks what is begun and not on screen', () => {
  const composer = show({ mode: 'public', unfinished: ['public', 'internal'] })
  const marked = composer
    .findAll('.mode')
    .filter((tab) => tab.find('[aria-label="begun, not sent"]').exists())
  expect(marked.map((tab) => tab.text())).toEqual(['Internal note'])
})

const sendButton = '[data-testid=send]'
const ben: Person = {
  ...{ name: 'Ben Bright', address: 'ben@desk.example', aliases: [] },
  ...{ role: 'agent', groups: [] },
}

it.each([
  [
    false,
    'with the @, Ben Bright follows the ticket',
    'Write it without @',
    'Ben Bright will call you.',
  ],
  [
    true,
    'customers would read that Ben Bright follows the ticket',
    'Take the name out',
    ' will call you.',
  ],
])(
  'does not send who follows to customers, and mends it by one key (follows: %s)',
  async (isFollower, said, words, mended) => {
    const hidden = [{ name: ben.name, address: ben.address, isFollower }]
    const composer = show({
      text: '@Ben Bright will call you.',
      people: [ben],
      plan: aPlan({ hidden }),
    })
    await (await field(composer)).trigger('keydown', { key: 'Enter', ctrlKey: true })
    expect(composer.emitted('send')).toBeUndefined()
    expect(composer.text()).toContain(said)
    expect(composer.text()).not.toContain('Customers will read the @names')
    expect(document.activeElement?.textContent).toContain(words)
    await composer.get('[data-testid=mend-names]').trigger('click')
    expect(composer.emitted('write')?.at(-1)).toEqual([{ text: mended, html: null }])
    await composer.setProps({ plan: aPlan() })
    await composer.get(sendButton).trigger('click')
    expect(composer.emitted('send')).toEqual([[null, null]])
  },
)

it('takes a follower off a private reply to people outside by one key, before it is refused', async () => {
  const toBoth = aPlan({
    mails: [{ kind: 'private', to: [eva, ben], cc: [], messageId: 'm' }],
    exposed: [{ name: ben.name, address: ben.address }],
  })
  const shown = { name: '', address: 'Ben@Desk.example' }
  const composer = show({ mode: 'private', plan: toBoth, audience: [eva, shown] })
  expect(composer.text()).toContain('the others in “To” would read that Ben Bright follows')
  await (await field(composer)).trigger('keydown', { key: 'Enter', ctrlKey: true })
  expect(composer.emitted('send')).toBeUndefined()
  expect(document.activeElement?.textContent).toContain('Take Ben Bright out of “To”')
  await composer.get('[data-testid=mend-names]').trigger('click')
  expect(composer.emitted('audience')).toEqual([[[eva]]])
  const toEva = aPlan({ mails: [{ kind: 'private', to: [eva], cc: [], messageId: 'm' }] })
  await composer.setProps({ plan: toEva })
  expect(composer.find('[data-testid=mend-names]').exists()).toBe(false)
  await composer.get(sendButton).trigger('click')
  expect(composer.emitted('send')).toEqual([[null, null]])
})

it('lets a colleague be named whom customers know, and says that they will read it', async () => {
  const composer = show({ text: 'Ask @Ben Bright.', people: [ben] })
  expect(composer.text()).toContain('Customers will read the @names')
  expect(composer.find('[data-testid=mend-names]').exists()).toBe(false)
})

it('says what a template left open, and that sending makes a follower', () => {
  const composer = show({ text: 'Dear {{requester.name}}', willFollow: true })
  expect(composer.text()).toContain('{{requester.name}}')
  expect(composer.get('.follow input').attributes('checked')).toBeDefined()
})

const confirmButton = '[data-testid=confirm-domain]'
const toNew = (domain: string): PlanView =>
  aPlan({ audienceChange: { added: [], removed: [], newDomains: [domain] } })

it('sends nothing on a plan that is not there, and asks as soon as it is', async () => {
  const composer = show({ plan: null })
  await composer.get(sendButton).trigger('click')
  expect(composer.emitted('send')).toBeUndefined()
  await composer.setProps({ plan: toNew('new.example') })
  expect(composer.emitted('send')).toBeUndefined()
  await composer.get(confirmButton).trigger('click')
  expect(composer.emitted('send')).toEqual([[null, null]])
})

it('sends once when the plan that was waited for has nothing to ask', async () => {
  const composer = show({ plan: null })
  await composer.get(sendButton).trigger('click')
  await composer.setProps({ plan: aPlan() })
  await composer.setProps({ plan: aPlan() })
  expect(composer.emitted('send')).toEqual([[null, null]])
})

it('keeps its question while an equal plan is loaded anew, and drops it for another audience', async () => {
  const composer = show({ plan: toNew('new.example') })
  await composer.get(sendButton).trigger('click')
  await composer.setProps({ plan: null })
  expect(composer.find(confirmButton).exists()).toBe(true)
  await composer.get(confirmButton).trigger('click')
  expect(composer.emitted('send')).toBeUndefined()
  await composer.setProps({ plan: toNew('new.example') })
  expect(composer.emitted('send')).toEqual([[null, null]])

  const other = show({ plan: toNew('new.example') })
  await other.get(sendButton).trigger('click')
  await other.setProps({ plan: null })
  await other.get(confirmButton).trigger('click')
  await other.setProps({ plan: toNew('elsewhere.example') })
  expect(other.emitted('send')).toBeUndefined()
  expect(other.get('[role=alertdialog]').text()).toContain('elsewhere.example')
})

it('gives up waiting when the text is gone or who would get it cannot be told', async () => {
  const composer = show({ plan: null })
  await composer.get(sendButton).trigger('click')
  await composer.setProps({ planProblem: 'The database is busy.' })
  await composer.setProps({ plan: aPlan(), planProblem: '' })
  expect(composer.emitted('send')).toBeUndefined()
  expect(composer.find('[role=alert]').exists()).toBe(false)
})

it('names who would get a held reply, and who would not any more', async () => {
  const notice = mount(ConflictNotice, {
    props: {
      news: [],
      names: new Map(),
      isRefused: true,
      added: [eva.address],
      removed: [jon.address],
    },
  })
  expect(notice.text()).toContain('other people than you were shown')
  expect(notice.text()).toMatch(/Would get it too: eva@customer\.example/)
  expect(notice.text()).toMatch(/Would not get it any more: jon@customer\.example/)
  await notice.findAll('button')[0]?.trigger('click')
  expect(notice.emitted('sendAnyway')).toHaveLength(1)
})

it('says in whose name a reply came first, before one sends', () => {
  const names = new Map([['ben@desk.example', 'Ben Bright']])
  const told = (isInternal: boolean) =>
    mount(ConflictNotice, {
      props: {
        news: [aComment('c1', { author: { name: '', address: 'ben@desk.example' }, isInternal })],
        names,
        isRefused: false,
        added: [],
        removed: [],
      },
    }).text()
  expect(told(true)).toContain('Ben Bright sent a reply just now.')
  expect(told(true)).toContain('Read it before you send yours.')
  expect(told(false)).toContain('Ben Bright wrote just now.')
})
