import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import ComposerPanel from '#renderer/components/composer/ComposerPanel.vue'
import type { PlanView } from '#shared/ipc/contract'
import { aPlan, jon, maria } from '../support/samples'

const eva = { name: 'Eva', address: 'eva@customer.example' }

function show(part: { mode?: 'public' | 'internal'; text?: string; plan?: PlanView | null }) {
  return mount(ComposerPanel, {
    props: {
      ticketId: 't1',
      mode: 'public',
      text: 'Hello',
      isSending: false,
      problem: '',
      plan: aPlan(),
      names: new Map([[jon.address, jon.name]]),
      canPublic: true,
      ...part,
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
  expect(composer.get('[data-testid=send]').text()).toBe('Add note')
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
  expect(text).toContain('To Maria + 1 CC · 1 skipped')
  expect(text).toContain('Mail to the requester comes back')
  expect(text).toContain('New since the last reply: Jon Berg')
  expect(text).toContain('First time outside: new.example')
})

it.each(['ctrlKey', 'metaKey'])('sends with %s and Enter, and nothing when empty', async (key) => {
  const composer = show({})
  await composer.get('textarea').trigger('keydown', { key: 'Enter', [key]: true })
  expect(composer.emitted('send')).toEqual([[null]])
  const empty = show({ text: '  ' })
  await empty.get('textarea').trigger('keydown', { key: 'Enter', [key]: true })
  expect(empty.emitted('send')).toBeUndefined()
})
