import { useEventListener } from '@vueuse/core'

export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>

const inner = '[role="dialog"], [role="alertdialog"], [role="menu"]'

function isTyping(target: HTMLElement): boolean {
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Enter, arrows and the like belong to what has the focus: a button, a menu, a text to scroll. */
function belongsToFocus(key: string, target: HTMLElement): boolean {
  return key.length > 1 && key !== 'Escape' && target !== document.body
}

/** Single keys → actions, silent while somebody types or a dialog or menu is open. */
export function useShortcuts(shortcuts: Shortcuts, isActive: () => boolean = () => true): void {
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (!isActive() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
      return
    const target = event.target
    if (target instanceof HTMLElement) {
      if (isTyping(target) || target.closest(inner)) return
      if (belongsToFocus(event.key, target)) return
    }
    if (document.querySelector('[role="dialog"][data-state="open"]') !== null) return
    const action = shortcuts[event.key]
    if (action === undefined) return
    event.preventDefault()
    action(event)
  })
}
