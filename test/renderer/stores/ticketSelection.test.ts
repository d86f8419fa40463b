import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { useNoticesStore } from '#renderer/stores/notices'
import { useTicketListStore } from '#renderer/stores/ticketList'
import { useTicketSelectionStore } from '#renderer/stores/ticketSelection'
import { createFakeBridge, install, type FakeBridge } from '../support/fakeBridge'
import { aRow, settle } from '../support/samples'

let bridge: FakeBridge
let refuse: string[]

beforeEach(async () => {
  refuse = []
  bridge = createFakeBridge({
    tickets: {
      list: ({ offset, limit }) => ({
        rows: Array.from({ length: limit }, (_, at) =>
          aRow(`t${offset + at}`, {
            assignee: (offset + at) % 2 === 0 ? 'ana@desk.example' : null,
          }),
        ),
        total: 1_000,
      }),
      changeMany: ({ ticketIds }) => ({
        done: ticketIds.filter((id) => !refuse.includes(id)),
        refused: ticketIds
          .filter((id) => refuse.includes(id))
          .map((id) => ({ id, message: 'It is merged.' })),
      }),
    },
  })
  install(bridge)
  setActivePinia(createPinia())
  await useTicketListStore().show('open')
})

it('picks one by one, and everything between with Shift, also rows not yet loaded', async () => {
  const selection = useTicketSelectionStore()
  selection.toggle(98)
  await selection.extendTo(202, 98)
  expect(selection.ids).toEqual(Array.from({ length: 105 }, (_, at) => `t${98 + at}`))
  await selection.extendTo(96, 202)
  expect(selection.ids).toEqual(['t96', 't97', 't98'])
  selection.toggle(97)
  expect(selection.ids).toEqual(['t96', 't98'])
})

it('picks no more than one call may change', async () => {
  const selection = useTicketSelectionStore()
  await selection.selectAll()
  expect(selection.ids).toHaveLength(500)
})

it('undoes an assignment to what each ticket had before', async () => {
  const selection = useTicketSelectionStore()
  const notices = useNoticesStore()
  selection.toggle(0)
  selection.toggle(1)
  selection.toggle(2)
  refuse = ['t2']
  await selection.change({ do: 'assign', assignee: 'ben@desk.example' }, 'assigned to Ben.')
  expect(notices.notices.map((one) => [one.tone, one.text])).toEqual([
    ['problem', '1 ticket was left as it is: It is merged.'],
    ['plain', '2 tickets assigned to Ben.'],
  ])
  notices.notices[1]?.undo?.()
  await settle()
  await settle()
  expect(bridge.inputsOf('tickets.changeMany').slice(1)).toEqual([
    { ticketIds: ['t0'], action: { do: 'assign', assignee: 'ana@desk.example' } },
    { ticketIds: ['t1'], action: { do: 'assign', assignee: null } },
  ])
})
