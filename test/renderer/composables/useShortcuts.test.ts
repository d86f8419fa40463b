import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import { useShortcuts } from '#renderer/composables/useShortcuts'

it('leaves Enter and the arrows to a button, and typing to a field', () => {
  const j = vi.fn()
  const Enter = vi.fn()
  const Host = defineComponent({
    setup: () => {
      useShortcuts({ j, Enter })
      return () => h('div', [h('button'), h('textarea')])
    },
  })
  const host = mount(Host, { attachTo: document.body })
  const press = (target: Element, key: string): KeyboardEvent => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    target.dispatchEvent(event)
    return event
  }
  expect(press(host.get('button').element, 'Enter').defaultPrevented).toBe(false)
  press(host.get('textarea').element, 'j')
  expect([j.mock.calls.length, Enter.mock.calls.length]).toEqual([0, 0])
  press(host.get('button').element, 'j')
  press(document.body, 'Enter')
  expect([j.mock.calls.length, Enter.mock.calls.length]).toEqual([1, 1])
  host.unmount()
})

it('gives a key to the innermost who offers it, and back when that one leaves', () => {
  const outer = vi.fn()
  const inner = vi.fn()
  const isHere = ref(true)
  let isActive = true
  const Inner = defineComponent({
    setup: () => {
      useShortcuts({ c: inner }, () => isActive)
      return () => h('i')
    },
  })
  const Outer = defineComponent({
    setup: () => {
      useShortcuts({ c: outer })
      return () => (isHere.value ? h(Inner) : h('b'))
    },
  })
  const host = mount(Outer, { attachTo: document.body })
  const press = () =>
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'c', bubbles: true, cancelable: true }),
    )
  press()
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([0, 1])
  isActive = false
  press()
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([1, 1])
  isActive = true
  isHere.value = false
  return nextTick().then(() => {
    press()
    expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([2, 1])
    host.unmount()
  })
})
