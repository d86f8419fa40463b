// What one change makes of the desk, and the code of what forbids it (participants.md §1, §6).
import type { Mailbox } from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import type { Template } from '#shared/model/template'
import { applyTo } from '#shared/rules/deskChanges'
import { describe, expect, it } from 'vitest'
import { aDesk, agentAda, agentMax, aMailbox, lightLea, support, thePeople } from '../builders'

const billing = 'billing@desk.example'
const template = (id: string, name: string, text = 'Hello'): Template => ({ id, name, text })
const setTemplate = (desk: Desk, one: Template) =>
  applyTo(desk, { kind: 'template.set', template: one })
const removeTemplate = (desk: Desk, id: string) => applyTo(desk, { kind: 'template.removed', id })
const setMailbox = (desk: Desk, address: string, more: Partial<Mailbox> = {}) =>
  applyTo(desk, { kind: 'mailbox.set', ...aMailbox(address, more) })

describe('a template', () => {
  const hello = template('t1', 'Hello')
  const thanks = template('t2', 'Thanks')
  const desk = aDesk({}, { templates: [hello, thanks] })

  it('is the first of a desk that had none', () => {
    expect(setTemplate(aDesk(), hello)).toEqual(aDesk({}, { templates: [hello] }))
  })

  it('is listed by its name', () => {
    const goodbye = template('t3', 'Goodbye')
    const refund = template('t4', 'Refund')
    expect(setTemplate(desk, goodbye)).toMatchObject({ templates: [goodbye, hello, thanks] })
    expect(setTemplate(desk, refund)).toMatchObject({ templates: [hello, refund, thanks] })
  })

  it('is replaced under its own id, also by one of the same name', () => {
    const again = template('t1', 'HELLO', 'Dear customer')
    expect(setTemplate(desk, again)).toMatchObject({ templates: [again, thanks] })
    const renamed = template('t1', 'Welcome')
    expect(setTemplate(desk, renamed)).toMatchObject({ templates: [thanks, renamed] })
  })

  it.each(['Hello', 'HELLO', 'hello'])('is refused under the name of another: %s', (name) => {
    expect(setTemplate(desk, template('t3', name))).toBe('template-taken')
  })

  it('is taken away alone', () => {
    expect(removeTemplate(desk, 't1')).toEqual({ ...desk, templates: [thanks] })
    expect(removeTemplate(desk, 't2')).toEqual({ ...desk, templates: [hello] })
  })

  it('cannot be taken away where it is not', () => {
    expect(removeTemplate(desk, 't3')).toBe('unknown-template')
    expect(removeTemplate(aDesk(), 't1')).toBe('unknown-template')
  })
})

describe('a mailbox', () => {
  const two = aDesk({}, { mailboxes: [aMailbox(support), aMailbox(billing)] })

  it('keeps the account that brings its mail, by its canonical address', () => {
    expect(setMailbox(two, billing, { account: ' Support@Desk.example' })).toEqual({
      ...two,
      mailboxes: [aMailbox(support), aMailbox(billing, { account: support })],
    })
  })

  it('names no account where that is the one of its own address', () => {
    expect(setMailbox(two, billing, { account: 'Billing@desk.example' })).toEqual(two)
  })

  it.each<[string, string, Partial<Mailbox>]>([
    ['an account that is no address', billing, { account: 'billing' }],
    ['an alias that is no address', billing, { aliases: ['bills@desk.example', 'bills'] }],
    ['an address that is none', 'billing', { aliases: ['bills@desk.example'] }],
  ])('is refused with %s', (_what, address, more) => {
    expect(setMailbox(two, address, more)).toBe('invalid-address')
  })

  it('is refused with one alias of another mailbox among its own', () => {
    const aliases = ['bills@desk.example', 'Support@desk.example']
    expect(setMailbox(two, billing, { aliases })).toBe('mailbox-taken')
  })

  it('is taken away alone, whatever the case of its address', () => {
    expect(applyTo(two, { kind: 'mailbox.removed', address: 'Billing@Desk.example' })).toEqual({
      ...two,
      mailboxes: [aMailbox(support)],
    })
  })
})

describe('a person', () => {
  it('can be taken away while an admin stays, though not everybody is one', () => {
    expect(applyTo(aDesk(), { kind: 'person.removed', address: lightLea })).toMatchObject({
      people: thePeople.filter(({ address }) => address !== lightLea),
    })
  })

  it('who is an admin can be taken away while another one stays', () => {
    const people = thePeople.map((each) =>
      each.address === agentMax ? { ...each, role: 'admin' as const } : each,
    )
    const desk = aDesk({}, { people })
    const [ada] = people
    expect(ada?.address).toBe(agentAda)
    expect(applyTo(desk, { kind: 'person.removed', address: agentAda })).toMatchObject({
      people: people.slice(1),
    })
  })
})

describe('the policy', () => {
  it('keeps a key that a change names without a value', () => {
    const desk = aDesk({ ccLimit: 7 })
    const changes = { ccLimit: undefined, csat: true }
    expect(applyTo(desk, { kind: 'policy.set', changes })).toEqual(
      aDesk({ ccLimit: 7, csat: true }),
    )
  })
})
