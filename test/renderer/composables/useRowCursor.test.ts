// The list moves under the keyboard: what Enter and x mean must not move with it.
import { beforeEach, expect, it } from 'vitest'
import { nextTick, ref, shallowRef, type Ref } from 'vue'
import { useRowCursor, type RowCursor } from '#renderer/composables/useRowCursor'
import type { TicketRow } from '#shared/model/ticket'
import { aRow } from '../support/samples'

let rows: Ref<readonly TicketRow[]>
let cursor: RowCursor

const four = ['a', 'b', 'c', 'd'].map((id) => aRow(id, { updatedAt: 1 }))
const [a, b, c, d] = four as [TicketRow, TicketRow, TicketRow, TicketRow]
const news = aRow('news', { updatedAt: 9 })
const onIt = () => rows.value[cursor.at.value]?.id

async function become(...next: readonly TicketRow[]): Promise<void> {
  // As after each refresh: the same tickets are other objects.
  rows.value = next.map((row) => ({ ...row }))
  await nextTick()
}

beforeEach(() => {
  rows = shallowRef(four)
  const total = ref(four.length)
  cursor = useRowCursor({
    get total() {
      return rows.value.length === 0 ? total.value : rows.value.length
    },
    rowAt: (index) => rows.value[index],
    indexOf: (id) => {
      const found = rows.value.findIndex((row) => row.id === id)
      return found < 0 ? null : found
    },
  })
})

it('stays on its ticket when others come in and go above it', async () => {
  cursor.move(1)
  await become(news, a, b, c, d)
  expect(onIt()).toBe('b')
  await become(a, b, c, d)
  expect(onIt()).toBe('b')
  await become(b, c, d)
  expect([onIt(), cursor.at.value]).toEqual(['b', 0])
})

it('stays on the first row, whichever that is, until somebody moves it', async () => {
  await become(news, a, b, c, d)
  expect(onIt()).toBe('news')
  cursor.move(0)
  await become(aRow('more'), news, a, b, c, d)
  expect(onIt()).toBe('news')
  cursor.reset()
  await become(aRow('most'), aRow('more'), news, a)
  expect(onIt()).toBe('most')
})

it('is on the next ticket when its own has gone, also together with others above it', async () => {
  cursor.move(1)
  await become(a, c, d)
  expect(onIt()).toBe('c')
  await become(d)
  expect(onIt()).toBe('d')
})

it('stays before what comes next when its ticket moves up with news of its own', async () => {
  cursor.move(2)
  await become({ ...c, updatedAt: 5 }, a, b, d)
  expect(onIt()).toBe('b')
  cursor.move(cursor.at.value + 1)
  expect(onIt()).toBe('d')
})

it('keeps within the list', async () => {
  cursor.move(99)
  expect(onIt()).toBe('d')
  cursor.move(-1)
  expect(onIt()).toBe('a')
  cursor.move(3)
  await become(a, b)
  expect(cursor.at.value).toBeLessThan(2)
})
