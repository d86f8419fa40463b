// The window of a desk as a person speaks of it: its list, a ticket, the composer. For the flow specs.
import { expect, type Locator, type Page } from '@playwright/test'

export interface DeskPage {
  readonly page: Page
  readonly press: (...keys: string[]) => Promise<void>
  readonly type: (words: string) => Promise<void>
  readonly tickets: () => Locator
  readonly row: (words: string) => Locator
  readonly view: (name: string) => Locator
  readonly side: () => Locator
  readonly toast: (words: RegExp) => Locator
  readonly comment: (words: string) => Locator
  readonly dialog: (name: string | RegExp) => Locator
  /** The text that is being written: `public reply`, `internal note` or `private reply`. */
  readonly text: (mode: string) => Locator
  readonly send: () => Locator
  readonly open: (subject: string) => Promise<void>
  /** Does what the palette finds under these words. */
  readonly command: (words: string) => Promise<void>
}

/** Empties a text by keys, again where the app puts the cursor at its end in between. */
export async function clearText(text: Locator): Promise<void> {
  await expect(async () => {
    await text.press('Control+a')
    await text.press('Delete')
    await expect(text).toHaveText('', { timeout: 500 })
  }).toPass()
}

export function deskPage(page: Page): DeskPage {
  const tickets = (): Locator => page.getByRole('listbox', { name: 'Tickets' })
  const row = (words: string): Locator => tickets().getByRole('option').filter({ hasText: words })
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const type = (words: string): Promise<void> => page.keyboard.type(words)
  return {
    page,
    press,
    type,
    tickets,
    row,
    view: (name) => page.getByRole('navigation').getByRole('link', { name, exact: false }),
    side: () => page.getByRole('complementary', { name: 'People and properties' }),
    toast: (words) => page.locator('.toast').filter({ hasText: words }),
    comment: (words) => page.getByTestId('comment').filter({ hasText: words }),
    dialog: (name) => page.getByRole('dialog', { name }),
    text: (mode) => page.getByLabel(`Text of the ${mode}`),
    send: () => page.getByTestId('send'),
    open: async (subject) => {
      // A row that moves up with its news at this very moment leaves another one under the click.
      await expect(async () => {
        await row(subject).first().click()
        const title = page.getByRole('heading', { name: subject, level: 1 })
        await expect(title).toBeVisible({ timeout: 5_000 })
      }).toPass({ timeout: 15_000 })
    },
    command: async (words) => {
      await press('Control+k')
      await expect(page.getByPlaceholder(/What do you want/)).toBeFocused()
      await type(words)
      await expect(page.locator('.choice[data-highlighted]')).toContainText(words)
      await press('Enter')
    },
  }
}
