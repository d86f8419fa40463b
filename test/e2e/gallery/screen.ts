// What a picture of the window needs: a desk to open, and the way to the screen.
import type { Locator, Page } from '@playwright/test'
import type { Launched } from '#support/electron/launchApp'

export interface Stage {
  readonly launched: Launched
  readonly page: Page
  /** Ends the desk's mail servers, as when the network is gone. */
  readonly cutNetwork: () => Promise<void>
  readonly imapPort: number
  readonly smtpPort: number
}

export interface Screen {
  /** Becomes the file name. */
  readonly name: string
  /** From wherever the screen before left the window. */
  readonly show: (stage: Stage) => Promise<void>
  /** What to do before the next screen; Escape closes most. */
  readonly leave?: (stage: Stage) => Promise<void>
  /** Also in high contrast and zoomed to 200 %. */
  readonly hasMoreLooks?: boolean
}

export const row = (page: Page, words: string): Locator =>
  page.getByRole('option').filter({ hasText: words })

export async function openTicket(page: Page, words: string): Promise<void> {
  await row(page, words).first().click()
  await page.getByTestId('comment').first().waitFor()
}

export async function goTo(page: Page, view: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: view }).click()
}

export async function escape(page: Page, times = 1): Promise<void> {
  for (let n = 0; n < times; n += 1) await page.keyboard.press('Escape')
}

export async function goToSettings(page: Page, section: string): Promise<void> {
  const sections = page.getByRole('navigation', { name: 'Settings' })
  if (!(await sections.isVisible())) await page.keyboard.press('Control+,')
  await sections.getByText(section).click()
  await page.getByRole('heading', { level: 2, name: section, exact: true }).waitFor()
}
