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
    name: 'composer-exposed-follower',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await openTicket(page, 'Cracked glass')
      await page.getByRole('button', { name: 'Add a colleague as follower' }).click()
      await page.getByRole('menuitemradio', { name: 'Ben Okafor' }).click()
      await page.keyboard.press('v')
      const chosen = page.getByLabel('People who get the private reply')
      for (const person of ['ben.okafor@lumenhaus.example', 'vera@glass.example']) {
        await chosen.fill(person)
        await chosen.press('Enter')
      }
      await page.getByTestId('mend-names').waitFor()
    },
    leave: async ({ page }) => {
      const chosen = page.getByLabel('People who get the private reply')
      await chosen.press('Backspace')
      await chosen.press('Backspace')
      await escape(page, 2)
    },
  },
  {
    name: 'composer-audience-changed',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await openTicket(page, 'Cracked glass')
      await page.getByLabel('Add CCs').fill('Vera Glas <vera@glass.example>')
      await page.getByLabel('Add CCs').press('Enter')
      await page.keyboard.press('Escape')
      await page.keyboard.press('r')
      await page.getByLabel(publicText).fill('The glasses leave tomorrow.')
      await page.locator('.composer .summary').click()
      await page.locator('.popover').getByText('glass.example').first().waitFor()
    },
    leave: async ({ page }) => {
      await escape(page)
      await clearText(page.getByLabel(publicText))
      await escape(page, 2)
    },
  },
  {
    name: 'new-ticket-hidden-names',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await page.keyboard.press('c')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Requester').fill('maria@hotelmarin.example')
      await dialog.getByLabel('Requester').press('Enter')
      await dialog.getByLabel('Subject').fill('Spare glasses for Casa Luz')
      await dialog
        .getByLabel('Text of the first mail')
        .fill('Good morning Maria, I have asked @Ben Okafor about it.')
      await dialog.getByTestId('mend-names').waitFor()
    },
    leave: ({ page }) => page.getByRole('button', { name: 'Discard draft' }).click(),
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
