import { defineStore } from 'pinia'
import { computed, watch } from 'vue'
import type { PreferenceChanges, Preferences } from '#shared/model/preferences'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { speak } from '../i18n'

const usual: Preferences = {
  language: 'system',
  theme: 'system',
  density: 'comfortable',
  panes: {
    navigation: { size: 14, isOpen: true },
    list: { size: 25, isOpen: true },
    sidebar: { size: 19, isOpen: true },
  },
  savedSearches: [],
  notifications: { about: 'mine', shows: 'subject' },
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

  return { current, problem: known.problem, load, set }
})
