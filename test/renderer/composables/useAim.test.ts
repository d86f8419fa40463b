// When a hand aims: while it moves over a list and a second longer, and as long as it presses.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { isAiming, rest, restMs, useAim } from '#renderer/composables/useAim'

let area: HTMLElement
let scope: EffectScope
const happens = (type: string, target: EventTarget = area) =>
  target.dispatchEvent(new Event(type, { bubbles: true }))

beforeEach(() => {
  vi.useFakeTimers()
  area = document.createElement('div')
  document.body.append(area)
  scope = effectScope()
  scope.run(() => useAim(ref(area)))
})
afterEach(() => {
  scope.stop()
  area.remove()
  vi.useRealTimers()
})

it('begins with each movement and ends a second after the last', () => {
  happens('pointermove')
  vi.advanceTimersByTime(restMs - 1)
  expect(isAiming.value).toBe(true)
  happens('wheel')
  vi.advanceTimersByTime(restMs - 1)
  expect(isAiming.value).toBe(true)
  vi.advanceTimersByTime(1)
  expect(isAiming.value).toBe(false)
})

it('lasts from pressing until the click has been dealt with, however long that is', () => {
  happens('pointerdown')
  vi.advanceTimersByTime(60_000)
  expect(isAiming.value).toBe(true)
  happens('pointerup', window)
  const seen: boolean[] = []
  area.addEventListener('click', () => seen.push(isAiming.value))
  happens('click')
  expect(seen).toEqual([true])
  vi.advanceTimersByTime(0)
  expect(isAiming.value).toBe(false)
})

it('ends when the pointer leaves, but not while it presses, and with the list itself', () => {
  happens('pointermove')
  happens('pointerleave')
  vi.advanceTimersByTime(0)
  expect(isAiming.value).toBe(false)
  happens('pointerdown')
  happens('pointerleave')
  vi.advanceTimersByTime(60_000)
  expect(isAiming.value).toBe(true)
  scope.stop()
  expect(isAiming.value).toBe(false)
})

it('lets whatever waits go on when the hand rests, and at once when there is none', async () => {
  const done: string[] = []
  await rest()
  happens('pointermove')
  void rest().then(() => done.push('rest'))
  await vi.advanceTimersByTimeAsync(restMs - 1)
  expect(done).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(done).toEqual(['rest'])
})
