import type { Locator } from '@playwright/test'

/** Longer than a list takes a click for the row that stood there before (`useFormerRows`). */
const reactionMs = 350

/** Clicks a row of a list as a hand does, which has seen where it stands. */
export async function clickRow(row: Locator): Promise<void> {
  // From now on rows stay where they are (`useAim`).
  await row.hover()
  await row.page().waitForTimeout(reactionMs)
  await row.click()
}
