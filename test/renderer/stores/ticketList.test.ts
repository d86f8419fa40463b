import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { isAiming } from '#renderer/composables/useAim'
import { useTicketListStore } from '#renderer/stores/ticketList'
import type { TicketFilter } from '#shared/model/ticket'
import { createFakeBridge, install, type FakeBridge } from '../support/fakeBridge'
import { aRow } from '../support/samples'

const total = 100_000
let bridge: FakeBridge
let delays: Partial<Record<string, number>>
let version: number

beforeEach(() => {
  vi.useFakeTimers()
  delays = {}
  version = 1
  bridge = createFakeBridge({
    tickets: {
      list: async ({ view, query, offset, limit }) => {
        const wait = delays[query]
        if (wait !== undefined) await new Promise((done) => setTimeout(done, wait))
        const prefix = `${view}-${query}-v${version}`
        const rows = Array.from({ length: limit }, (_, at) => aRow(`${prefix}-${offset + at}`))
        return { rows, total }
      },
      counts: () => ({
        open: 1,
        mine: 0,
        unassigned: 0,
        following: 0,
        ccdByMe: 0,
        mentioned: 0,
        sent: 0,
        ccd: 0,
        held: 0,
        scheduled: 0,
        solved: 0,
        all: 1,
      }),
    },
  })
  install(bridge)
  setActivePinia(createPinia())
})
afterEach(() => {
  vi.useRealTimers()
})

function offsets(): number[] {
  return (bridge.inputsOf('tickets.list') as TicketFilter[]).map((filter) => filter.offset)
}

it('asks for the page one scrolls to, once, and for no other', async () => {
  const list = useTicketListStore()
  await list.show('open')
  expect(list.total).toBe(total)
  await Promise.all([list.look(70_195, 70_205), list.look(70_196, 70_206)])
  expect(offsets()).toEqual([0, 70_100, 70_200])
  expect(list.rowAt(70_200)?.id).toBe('open--v1-70200')
  expect(list.rowAt(50_000)).toBeUndefined()
})

it('asks again for what is on screen when told of a change, once for a burst', async () => {
  const list = useTicketListStore()
  await list.show('open')
  await list.look(250, 260)
  version = 2
  bridge.changed('ticket', 'a')
  bridge.changed('ticket', 'b')
  bridge.changed('outbox', 'c')
  expect(list.rowAt(255)?.id).toBe('open--v1-255')
  await vi.advanceTimersByTimeAsync(50)
  expect(offsets()).toEqual([0, 200, 200])
  expect(list.rowAt(255)?.id).toBe('open--v2-255')
})

it('shows what comes by itself when no hand aims at a row, and what is asked for at once', async () => {
  const list = useTicketListStore()
  await list.show('open')
  version = 2
  delays = { '': 100 }
  bridge.changed('ticket', 'a')
  await vi.advanceTimersByTimeAsync(60)
  // The answer is under way when the hand comes.
  isAiming.value = true
  await vi.advanceTimersByTimeAsync(5_000)
  expect(list.rowAt(0)?.id).toBe('open--v1-0')
  const asking = list.show('open', 'words')
  await vi.advanceTimersByTimeAsync(100)
  await asking
  expect(list.rowAt(0)?.id).toBe('open-words-v2-0')
  version = 3
  bridge.changed('ticket', 'b')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(list.rowAt(0)?.id).toBe('open-words-v2-0')
  isAiming.value = false
  await vi.advanceTimersByTimeAsync(0)
  expect(list.rowAt(0)?.id).toBe('open-words-v3-0')
})

it('asks for the rows alone when somebody has read a ticket', async () => {
  const list = useTicketListStore()
  await list.show('open')
  await list.countSearches([{ id: 's', name: 'Lamps', query: 'lamp' }])
  const before = bridge.inputsOf('tickets.list').length
  version = 2
  bridge.changed('readMarker', 'a')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(list.rowAt(0)?.id).toBe('open--v2-0')
  expect(bridge.inputsOf('tickets.list')).toHaveLength(before + 1)
  expect(bridge.inputsOf('tickets.counts')).toEqual([])
  await list.countSearches([{ id: 's', name: 'News', query: 'lamp -is:read' }])
  version = 3
  bridge.changed('readMarker', 'a')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(bridge.inputsOf('tickets.list')).toHaveLength(before + 4)
})

it('counts the views at once, and twice a second while tickets keep changing', async () => {
  useTicketListStore()
  for (let n = 0; n < 20; n += 1) {
    bridge.changed('ticket', 'a')
    await vi.advanceTimersByTimeAsync(50)
    if (n === 0) expect(bridge.inputsOf('tickets.counts')).toHaveLength(1)
  }
  await vi.advanceTimersByTimeAsync(1_000)
  const asked = bridge.inputsOf('tickets.counts').length
  expect(asked).toBeGreaterThanOrEqual(3)
  expect(asked).toBeLessThanOrEqual(4)
})

it('shows the answer to the last question, whichever comes first', async () => {
  const list = useTicketListStore()
  await list.show('open')
  delays = { slow: 500, quick: 10 }
  const slow = list.show('open', 'slow')
  const quick = list.show('open', 'quick')
  await vi.advanceTimersByTimeAsync(10)
  await quick
  expect(list.rowAt(0)?.id).toBe('open-quick-v1-0')
  await vi.advanceTimersByTimeAsync(500)
  await slow
  expect(list.rowAt(0)?.id).toBe('open-quick-v1-0')
})

it('keeps the rows while a search runs, and shows none of another view', async () => {
  const list = useTicketListStore()
  await list.show('open')
  delays = { words: 100, '': 100 }
  const searching = list.show('open', 'words')
  expect(list.rowAt(0)?.id).toBe('open--v1-0')
  await vi.advanceTimersByTimeAsync(100)
  await searching
  const changing = list.show('mine')
  expect([list.total, list.rowAt(0)]).toEqual([null, undefined])
  await vi.advanceTimersByTimeAsync(100)
  await changing
  expect(list.rowAt(0)?.id).toBe('mine--v1-0')
})
