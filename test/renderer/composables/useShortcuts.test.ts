import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
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
