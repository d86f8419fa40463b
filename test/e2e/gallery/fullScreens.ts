// A desk that is full, and the window when something is missing.
import { goTo, type Screen } from './screen'

export const fullScreens: readonly Screen[] = [
  {
    name: 'full-outbox',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await goTo(page, 'Outbox')
      await page.getByText('Uncertain', { exact: true }).first().waitFor({ timeout: 30_000 })
    },
  },
  {
    name: 'full-list',
    show: async ({ page }) => {
      await goTo(page, 'All open')
      await page.getByRole('option').nth(10).waitFor({ timeout: 30_000 })
    },
  },
  {
    name: 'full-list-end',
    show: async ({ page }) => {
      await page.getByRole('listbox', { name: 'Tickets' }).focus()
      await page.keyboard.press('End')
      await page.waitForTimeout(800)
    },
  },
  {
    name: 'full-offline',
    show: async ({ page, cutNetwork }) => {
      await cutNetwork()
      await page
        .getByText(/offline|trying again/i)
        .first()
        .waitFor({ timeout: 60_000 })
    },
  },
]
