import { computed, onScopeDispose, shallowReactive } from 'vue'
import { t, type MessageKey } from '../i18n'
import { useShortcuts } from './useShortcuts'

/** Something an agent can do from where they are: by its key, or by name in the command palette. */
export interface Action {
  /** Names it in the palette and in the help sheet. */
  readonly title: MessageKey
  /** `KeyboardEvent.key`, with Shift as the key itself says it. */
  readonly key?: string
  readonly run: () => void
}

const offered = shallowReactive(new Map<symbol, { isActive: () => boolean; actions: Action[] }>())

/** Offers actions for as long as the scope lives; while `isActive` is false neither keys nor the palette reach them. */
export function useActions(actions: readonly Action[], isActive: () => boolean = () => true): void {
  const owner = Symbol('actions')
  offered.set(owner, { isActive, actions: [...actions] })
  onScopeDispose(() => offered.delete(owner))
  const keyed = actions.flatMap(({ key, run }) => (key === undefined ? [] : [[key, run] as const]))
  useShortcuts(Object.fromEntries(keyed), isActive)
}

/** What can be done now, the innermost first, with its words in the language of the window. */
export const offeredActions = computed(() =>
  [...offered.values()]
    .reverse()
    .filter(({ isActive }) => isActive())
    .flatMap(({ actions }) => actions)
    .map((action) => ({ ...action, words: t(action.title) })),
)
