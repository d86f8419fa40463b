// What was cut short, and what the window asks before a mail leaves.
import { clearText } from '#support/electron/deskPage'
import { escape, goTo, goToSettings, openTicket, type Screen } from './screen'

const publicText = 'Text of the public reply'

export const troubleScreens: readonly Screen[] = [
  {
    name: 'bulk-interrupted',
    hasMoreLooks: true,
    show: ({ page }) => page.getByTestId('interrupted').waitFor(),
  },
  {
    name: 'bulk-interrupted-tickets',
    show: async ({ page }) => {
      await page.getByTestId('interrupted').click()
      await page.getByRole('dialog').waitFor()
    },
    leave: ({ page }) => escape(page),
  },
  {
    name: 'outbox-trouble',
    show: async ({ page }) => {
      await goTo(page, 'Outbox')
      await page.getByRole('button', { name: 'Leave it' }).first().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'composer-hidden-names',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await goTo(page, 'All open')
      await openTicket(page, 'Cracked glass')
      await page.keyboard.press('r')
      await page.getByLabel(publicText).fill('I have asked @Ben Okafor about it.')
      await page.getByTestId('mend-names').waitFor()
    },
    leave: async ({ page }) => {
      await clearText(page.getByLabel(publicText))
      await escape(page, 2)
    },
  },
  {
    name: 'settings-mailbox-group',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await goToSettings(page, 'Mailboxes')
      await page.getByRole('button', { name: /support@lumenhaus/, expanded: false }).click()
      await page.getByLabel('Signature').fill('Lumenhaus, workshop for lamps\nMon to Fri, 9 to 17')
      await page.getByLabel('Signature').scrollIntoViewIfNeeded()
    },
  },
]
