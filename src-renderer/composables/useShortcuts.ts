import { onScopeDispose } from 'vue'

export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>

const inner = '[role="dialog"], [role="alertdialog"], [role="menu"]'

function isTyping(target: HTMLElement): boolean {
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Enter, arrows and the like belong to what has the focus: a button, a menu, a text to scroll. */
function belongsToFocus(key: string, target: HTMLElement): boolean {
  return key.length > 1 && key !== 'Escape' && target !== document.body
}

interface Layer {
  readonly shortcuts: Shortcuts
  readonly isActive: () => boolean
}

const layers: Layer[] = []

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  const target = event.target
  if (target instanceof HTMLElement) {
    if (isTyping(target) || target.closest(inner)) return
    if (belongsToFocus(event.key, target)) return
  }
  if (document.querySelector('[role="dialog"][data-state="open"]') !== null) return
  const layer = layers.findLast(
    ({ shortcuts, isActive }) => shortcuts[event.key] !== undefined && isActive(),
  )
  if (layer === undefined) return
  event.preventDefault()
  layer.shortcuts[event.key]?.(event)
}

/**
 * Single keys → actions for as long as the scope lives, silent while somebody types or a dialog or menu
 * is open. A key that several offer belongs to the innermost: what came into the window last.
 */
export function useShortcuts(shortcuts: Shortcuts, isActive: () => boolean = () => true): void {
  const layer = { shortcuts, isActive }
  if (layers.length === 0) window.addEventListener('keydown', onKey)
  layers.push(layer)
  onScopeDispose(() => {
    layers.splice(layers.indexOf(layer), 1)
    if (layers.length === 0) window.removeEventListener('keydown', onKey)
  })
}
