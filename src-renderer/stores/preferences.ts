import { defineStore } from 'pinia'
import { computed, watch } from 'vue'
import type { PreferenceChanges, Preferences, SavedSearch } from '#shared/model/preferences'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { speak } from '../i18n'

const usual: Preferences = {
  language: 'system',
  theme: 'system',
  undoSeconds: 10,
  density: 'comfortable',
  panes: {
    navigation: { size: 196, isOpen: true },
    list: { size: 360, isOpen: true },
    sidebar: { size: 272, isOpen: true },
  },
  savedSearches: [],
  notifications: { about: 'mine', shows: 'subject', off: [], isPaused: false },
  presence: true,
}

/** How this desktop looks and speaks. */
export const usePreferencesStore = defineStore('preferences', () => {
  const known = useLatest(() => api.preferences.get())
  const current = computed(() => known.value.value ?? usual)

  async function load(): Promise<void> {
    await known.run()
  }

  async function set(changes: PreferenceChanges): Promise<void> {
    known.value.value = await api.preferences.set(changes)
  }

  useChanges('preferences', () => void load())
  watch(() => current.value.language, speak, { immediate: true })
  watch(
    () => current.value.theme,
    (theme) => {
      document.documentElement.dataset['contrast'] = theme === 'contrast' ? 'more' : ''
    },
    { immediate: true },
  )

  type Pane = keyof Preferences['panes']
  let turn: Promise<void> = Promise.resolve()
  /** One after the other: what is said of one pane must not be written over by what was said of another. */
  function setPane(name: Pane, pane: Partial<Preferences['panes'][Pane]>): Promise<void> {
    const done = turn.then(async () => {
      const { panes } = current.value
      await set({ panes: { ...panes, [name]: { ...panes[name], ...pane } } })
    })
    turn = done.catch(() => undefined)
    return done
  }

  function togglePane(name: Pane): Promise<void> {
    return setPane(name, { isOpen: !current.value.panes[name].isOpen })
  }

  async function keepSearch(search: SavedSearch): Promise<void> {
    const others = current.value.savedSearches.filter(({ id }) => id !== search.id)
    await set({ savedSearches: [...others, search] })
  }

  async function forgetSearch(id: string): Promise<void> {
    await set({ savedSearches: current.value.savedSearches.filter((one) => one.id !== id) })
  }

  return {
    current,
    problem: known.problem,
    load,
    set,
    setPane,
    togglePane,
    keepSearch,
    forgetSearch,
  }
})
