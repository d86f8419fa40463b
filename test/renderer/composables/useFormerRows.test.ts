// A click a moment after the rows have moved means the row a person saw there, not the one that has just come.
import { expect, it } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import { useFormerRows } from '#renderer/composables/useFormerRows'

const rowsOf = (ids: string, first = 0) =>
  [...ids].map((id, at) => ({ index: first + at, row: { id } }))

function onRows(ids: string) {
  const slots = shallowRef<{ index: number; row: { id: string } | undefined }[]>(rowsOf(ids))
  let time = 1_000
  const former = useFormerRows(
    () => slots.value,
    () => time,
  )
  return {
    become: async (next: typeof slots.value) => {
      slots.value = next
      await nextTick()
    },
    wait: (ms: number) => (time += ms),
    click: (index: number) => {
      former.pressed(time)
      return former.meant(index)?.id
    },
    former,
  }
}

it('is the former row for a moment, then the one that is there', async () => {
  const { become, wait, click } = onRows('abc')
  expect(click(1)).toBe('b')
  wait(5_000)
  await become(rowsOf('nabc'))
  wait(200)
  expect([click(0), click(1), click(3)]).toEqual(['a', 'b', 'c'])
  wait(150)
  expect([click(0), click(1)]).toEqual(['n', 'a'])
})

it('is the one that was there a moment ago, when rows change again and again', async () => {
  const { become, wait, click } = onRows('abc')
  await become(rowsOf('bac'))
  wait(200)
  await become(rowsOf('cab'))
  wait(50)
  expect(click(0)).toBe('a')
  wait(100)
  expect(click(0)).toBe('b')
  wait(200)
  expect(click(0)).toBe('c')
})

it('does not count scrolling, nor the same rows anew, as a change', async () => {
  const { become, wait, click } = onRows('abc')
  await become(rowsOf('bcd', 1))
  expect(click(3)).toBe('d')
  wait(10)
  await become(rowsOf('bcd', 1))
  expect(click(1)).toBe('b')
})

it('keeps a change in mind while the list scrolls on', async () => {
  const { become, wait, click } = onRows('abc')
  await become(rowsOf('bac'))
  wait(50)
  await become(rowsOf('acd', 1))
  expect(click(1)).toBe('b')
})

it('goes by when the pointer went down, not by when it came up', async () => {
  const { become, wait, former } = onRows('abc')
  await become(rowsOf('bac'))
  wait(250)
  former.pressed(1_250)
  wait(500)
  expect(former.meant(0)?.id).toBe('a')
})

it('is nothing where no row is', async () => {
  const { become, click } = onRows('abc')
  expect(click(7)).toBeUndefined()
  await become([{ index: 0, row: undefined }])
  expect(click(0)).toBe('a')
})
