// The keys of the queue of held mail mean the mail they are on, whatever comes in above it.
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { isAiming } from '#renderer/composables/useAim'
import HeldView from '#renderer/views/HeldView.vue'
import type { HeldItem } from '#shared/ipc/contract'
import { createFakeBridge, install, type FakeBridge } from '../support/fakeBridge'

const aHeld = (name: string): HeldItem => ({
  kind: 'mail',
  ticket: { id: `t-${name}`, key: 'K1', subject: name, customers: [] },
  messageId: `<${name}@x.test>`,
  person: { name, address: `${name}@elsewhere.test` },
  ...{ at: 1, because: 'outsider', flags: [], trust: 'unverified', isInternal: false, text: name },
})

let queue: readonly HeldItem[]
let bridge: FakeBridge
let view: ReturnType<typeof mount>

beforeEach(async () => {
  vi.useFakeTimers()
  queue = ['olaf', 'pia'].map(aHeld)
  bridge = createFakeBridge({ held: { list: () => [...queue] } })
  install(bridge)
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/', component: HeldView }],
  })
  view = mount(HeldView, { attachTo: document.body, global: { plugins: [pinia, router] } })
  await flushPromises()
})
afterEach(() => {
  view.unmount()
  vi.useRealTimers()
})

const current = () => view.get('[aria-current]').text()
async function become(...names: readonly string[]): Promise<void> {
  queue = names.map(aHeld)
  bridge.changed('ticket', 'any')
  await vi.advanceTimersByTimeAsync(600)
}

it('stays on its mail when others come and go above it', async () => {
  expect(current()).toContain('olaf')
  await become('new', 'olaf', 'pia')
  expect(current()).toContain('olaf')
  await become('pia')
  expect(current()).toContain('pia')
})

it('is on the next when its own is gone, also together with others above it', async () => {
  await become('new', 'pia')
  expect(current()).toContain('pia')
})

it('leaves the rows where they are while a hand aims at one', async () => {
  isAiming.value = true
  await become('new', 'olaf', 'pia')
  expect(view.text()).not.toContain('new')
  isAiming.value = false
  await vi.advanceTimersByTimeAsync(0)
  expect(view.text()).toContain('new')
})

it('reads the queue twice a second at most while mail streams in, and not at all once it is left', async () => {
  const reads = (): number => bridge.inputsOf('held.list').length
  const before = reads()
  for (let n = 0; n < 40; n++) {
    bridge.changed('ticket', `t${String(n)}`)
    await vi.advanceTimersByTimeAsync(50)
  }
  await vi.advanceTimersByTimeAsync(600)
  expect(reads() - before).toBeLessThanOrEqual(6)
  expect(reads()).toBeGreaterThan(before)
  view.unmount()
  const left = reads()
  bridge.changed('ticket', 'any')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(reads()).toBe(left)
})
