// Light, dark or as the system has it: Chromium then answers `prefers-color-scheme` accordingly, in every frame.
import { nativeTheme } from 'electron'
import type { App } from '../host'
import { followPreferences } from './followPreferences'

/** Follows the preference; returns its own end. High contrast is a matter of the page, on the system's ground. */
export function followTheme(app: Pick<App, 'serve' | 'onEvent'>): () => void {
  return followPreferences(
    app,
    ({ theme }) => {
      nativeTheme.themeSource = theme === 'contrast' ? 'system' : theme
    },
    ({ theme }) => theme,
  )
}
