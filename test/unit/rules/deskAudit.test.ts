// What the desk's history says of each change: who, what, when, and the facts of the sentence (participants.md §6 "audited").
import type { Person } from '#shared/model/account'
import type { DeskEvent, DeskEventBody } from '#shared/model/event'
import { auditOf } from '#shared/rules/deskAudit'
import { describe, expect, it } from 'vitest'
import { agentAda, agentMax, aMailbox, minute, support } from '../builders'

const max: Person = {
  name: 'Max',
  address: 'Max@Desk.example',
  aliases: [],
  role: 'agent',
  groups: ['Billing', 'Repairs'],
}
const key = 'k'.repeat(22)

const event = (body: DeskEventBody): DeskEvent => ({
  id: 'event-1',
  hlc: `${String(minute(3)).padStart(15, '0')}-0000-d`,
  by: 'Ada@Desk.example',
  device: 'd',
  ticketId: null,
  body,
})

describe('the history of a desk', () => {
  it.each<[string, DeskEventBody, Record<string, string>]>([
    [
      'who founded it, and never its key',
      { kind: 'desk.created', deskId: 'd1', name: 'Desk', key, creator: { ...max, role: 'admin' } },
      { name: 'Desk', creator: agentMax },
    ],
    [
      'each key of the policy and its value',
      { kind: 'policy.set', changes: { ccLimit: 5, csat: false } },
      { ccLimit: '5', csat: 'off' },
    ],
    [
      'which preset was chosen',
      { kind: 'policy.presetChosen', preset: 'zendesk' },
      { preset: 'zendesk' },
    ],
    [
      'role and groups of a person',
      { kind: 'person.set', person: max },
      { address: agentMax, role: 'agent', groups: 'Billing, Repairs' },
    ],
    ['who was removed', { kind: 'person.removed', address: max.address }, { address: agentMax }],
    [
      'whose signature was set, and not the signature',
      { kind: 'person.signatureSet', address: max.address, signature: 'Max' },
      { address: agentMax },
    ],
    [
      'aliases and group of a mailbox',
      {
        kind: 'mailbox.set',
        ...aMailbox('Support@desk.example', {
          aliases: ['help@desk.example', 'hello@desk.example'],
          group: 'Repairs',
        }),
      },
      { address: support, aliases: 'help@desk.example, hello@desk.example', group: 'Repairs' },
    ],
    [
      'that a mailbox has no group',
      { kind: 'mailbox.set', ...aMailbox(support) },
      { address: support, aliases: '', group: '' },
    ],
    [
      'which mailbox was removed',
      { kind: 'mailbox.removed', address: 'Support@desk.example' },
      { address: support },
    ],
    [
      'the name of a template',
      { kind: 'template.set', template: { id: 't1', name: 'Hello', text: 'Dear customer' } },
      { template: 'Hello' },
    ],
    ['which template was removed', { kind: 'template.removed', id: 't1' }, { template: 't1' }],
    [
      'who was blocked',
      { kind: 'sender.blocked', entry: '@Spam.example' },
      { address: 'spam.example' },
    ],
    [
      'who is heard again',
      { kind: 'sender.unblocked', entry: 'Eve@Spam.example' },
      { address: 'eve@spam.example' },
    ],
    [
      'which desktop was announced, and its name',
      { kind: 'device.announced', device: 'max-1', name: 'the laptop of Max' },
      { device: 'max-1', name: 'the laptop of Max' },
    ],
    ['which desktop was approved', { kind: 'device.approved', device: 'm' }, { device: 'm' }],
    ['which desktop was revoked', { kind: 'device.revoked', device: 'm' }, { device: 'm' }],
    ['that desktops must be approved', { kind: 'devices.approvalSet', isOn: true }, { isOn: 'on' }],
    [
      'that desktops need no approval',
      { kind: 'devices.approvalSet', isOn: false },
      { isOn: 'off' },
    ],
  ])('tells %s', (_what, body, detail) => {
    expect(auditOf(event(body), null)).toStrictEqual({
      at: minute(3),
      by: agentAda,
      what: body.kind,
      because: 'agent-chose',
      detail,
      source: 'event-1',
    })
  })

  it('tells what was tried in vain, with its facts and the reason', () => {
    const tried = event({ kind: 'person.removed', address: agentAda })
    expect(auditOf(tried, 'last-admin')).toMatchObject({
      what: 'event.ineffective',
      because: 'last-admin',
      detail: { event: 'person.removed', address: agentAda },
    })
  })
})
