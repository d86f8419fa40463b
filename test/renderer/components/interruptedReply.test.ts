import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import InterruptedReply from '#renderer/components/composer/InterruptedReply.vue'
import type { BulkProgress } from '#shared/ipc/contract'

const maria = { name: 'Maria Lind', address: 'maria@customer.example' }
const jon = { name: '', address: 'jon@customer.example' }
const job = {
  id: 'b1',
  text: 'It works again.',
  tickets: [
    { ticketId: 't1', subject: 'Lamp', people: [maria], isQueued: true },
    { ticketId: 't2', subject: 'Chair', people: [maria, jon], isQueued: false },
    { ticketId: 't3', subject: 'Desk', people: [], isQueued: false },
  ],
}

const show = () =>
  mount(InterruptedReply, { attachTo: document.body, props: { job, progress: null } })
const rows = () =>
  [...document.body.querySelectorAll('.ticket')].map((row) =>
    [...row.children].map((part) => part.textContent.trim()).join(' '),
  )
const press = (id: string) =>
  document.body.querySelector<HTMLElement>(`[data-testid=${id}]`)?.click()

it('says which tickets have the reply and whom it is for, and goes on or leaves out the rest', async () => {
  const banner = show()
  expect(banner.text()).toContain('A reply to several tickets was interrupted.')
  expect(banner.text()).toContain('1 of 3 tickets has it.')
  await banner.get('[data-testid=interrupted]').trigger('click')
  expect(rows()).toEqual([
    'Lamp In the outbox To Maria Lind',
    'Chair Not sent To Maria Lind, jon@customer.example',
    'Desk Not sent',
  ])
  expect(document.body.textContent).toContain('It works again.')
  press('resume-rest')
  press('drop-rest')
  expect([banner.emitted('resume'), banner.emitted('drop')]).toEqual([[[]], [[]]])

  const result = (ticketId: string, problem = '') => ({
    ...{ ticketId, problem, isOk: problem === '', deliveries: 1 },
  })
  const progress: BulkProgress = {
    ...{ id: 'b1', total: 3, state: 'done' },
    results: [result('t1'), result('t2'), result('t3', 'Somebody wrote.')],
  }
  await banner.setProps({ progress })
  expect(rows()).toEqual([
    'Lamp In the outbox To Maria Lind',
    'Chair In the outbox To Maria Lind, jon@customer.example',
    'Desk Somebody wrote.',
  ])
  expect(document.body.querySelector('[data-testid=resume-rest]')).toBeNull()
  banner.unmount()
})

it.each([
  [0, 'None of the 3 tickets has it yet.'],
  [2, '2 of 3 tickets have it.'],
])('says in words that %i of three tickets have it', (sent, words) => {
  const tickets = job.tickets.map((ticket, at) => ({ ...ticket, isQueued: at < sent }))
  const banner = mount(InterruptedReply, { props: { job: { ...job, tickets }, progress: null } })
  expect(banner.text()).toContain(words)
  banner.unmount()
})
