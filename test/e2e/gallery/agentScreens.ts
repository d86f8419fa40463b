// The screens an agent works in all day: list, ticket, composer and what opens over them.
import { clearText } from '#support/electron/deskPage'
import { escape, goTo, openTicket, row, type Screen } from './screen'

const glass = 'Cracked glass'
const publicText = 'Text of the public reply'
const reply = `Good morning Maria,

Two new glasses leave our workshop tomorrow. Please keep the cracked ones for the carrier, who takes them back.

Ana`

export const agentScreens: readonly Screen[] = [
  {
    name: 'list',
    show: async ({ page }) => row(page, glass).first().waitFor(),
    hasMoreLooks: true,
  },
  {
    name: 'list-compact-picked',
    show: async ({ page }) => {
      await page.keyboard.press('d')
      for (const key of ['j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key)
      await page.getByText('3 picked').waitFor()
    },
    leave: async ({ page }) => {
      await escape(page, 2)
      await page.keyboard.press('d')
    },
  },
  {
    name: 'ticket',
    show: async ({ page }) => openTicket(page, glass),
    hasMoreLooks: true,
  },
  {
    name: 'composer-public',
    show: async ({ page }) => {
      await page.keyboard.press('r')
      await page.getByLabel(publicText).fill(reply)
    },
  },
  {
    name: 'composer-audience',
    show: async ({ page }) => {
      await page.locator('.composer .summary').click()
      await page.locator('.popover').waitFor()
    },
    leave: ({ page }) => escape(page),
  },
  {
    name: 'composer-schedule',
    show: async ({ page }) => {
      await page.keyboard.press('l')
      await page.locator('.popover').waitFor()
    },
    leave: ({ page }) => escape(page),
  },
  {
    name: 'composer-note',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await page.getByText('Internal note', { exact: true }).last().click()
    },
  },
  {
    name: 'composer-private',
    show: async ({ page }) => {
      await page.getByText('Private reply', { exact: true }).last().click()
      await page.getByLabel('People who get the private reply').fill('ben')
      await page.getByRole('option').filter({ hasText: 'Ben' }).first().waitFor()
    },
    leave: async ({ page }) => {
      await page.getByLabel('People who get the private reply').fill('')
      await page.getByText('Public reply', { exact: true }).last().click()
      await clearText(page.getByLabel(publicText))
      await escape(page, 3)
    },
  },
  {
    name: 'ticket-held',
    show: async ({ page }) => {
      await openTicket(page, 'Lamp fell from the ceiling')
    },
  },
  {
    name: 'ticket-html',
    show: async ({ page }) => {
      await openTicket(page, 'Re-lamping programme')
      await page.locator('iframe').first().waitFor()
      await page.locator('iframe').first().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'ticket-missed',
    show: async ({ page }) => {
      await page.getByRole('log').evaluate((el) => el.scrollTo(0, 0))
      await page.getByRole('button', { name: /Go to the newest/ }).waitFor()
    },
  },
  {
    name: 'palette',
    show: async ({ page }) => {
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder(/What do you want/).fill('lamp')
      await page.waitForTimeout(400)
    },
    leave: ({ page }) => escape(page),
  },
  {
    name: 'sent-receipts',
    show: async ({ page }) => {
      await openTicket(page, 'Lampe qui grésille')
      await page.keyboard.press('r')
      await page.getByLabel(publicText).fill('Bonjour Élodie, la pose est prévue jeudi.')
      await page.getByTestId('send').click()
      const own = page.getByTestId('comment').filter({ hasText: 'prévue jeudi' })
      await own.getByText(/^Sent to/).waitFor({ timeout: 20_000 })
      await own.getByTestId('receipts').click()
      await own.getByTestId('receipt').last().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'picture-viewer',
    show: async ({ page }) => {
      await openTicket(page, glass)
      await page.getByTestId('attachment').last().click()
      await page.getByTestId('viewer').waitFor()
    },
    leave: ({ page }) => escape(page),
  },
  { name: 'help', show: ({ page }) => page.keyboard.press('?'), leave: ({ page }) => escape(page) },
  {
    name: 'new-ticket',
    show: async ({ page }) => {
      await page.keyboard.press('c')
      await page.getByRole('dialog').waitFor()
    },
    leave: ({ page }) => escape(page, 2),
  },
  {
    name: 'new-ticket-filled',
    hasMoreLooks: true,
    show: async ({ page }) => {
      await page.keyboard.press('c')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Requester').fill('maria')
      await page.getByRole('option').filter({ hasText: 'maria' }).first().click()
      await dialog.getByLabel('CCs').fill('Ann <ann@x.example>, bo@x.example;')
      await dialog.getByLabel('CCs').press('Enter')
      await dialog.getByLabel('Subject').fill('Spare glasses for Casa Luz')
      await dialog.getByLabel('Text of the first mail').fill('Good morning Maria,')
    },
    leave: async ({ page }) => {
      await page.getByRole('button', { name: 'Discard draft' }).click()
    },
  },
  { name: 'held', show: ({ page }) => goTo(page, 'Held'), hasMoreLooks: true },
  { name: 'outbox', show: ({ page }) => goTo(page, 'Outbox') },
  { name: 'empty', show: ({ page }) => goTo(page, 'Mentioned') },
  {
    name: 'search',
    show: async ({ page }) => {
      await goTo(page, 'All open')
      await page.keyboard.press('/')
      await page.getByLabel('Search tickets').fill('lamp')
      await page.waitForTimeout(500)
    },
    leave: async ({ page }) => {
      await page.getByLabel('Search tickets').fill('')
      await escape(page, 2)
    },
  },
  {
    name: 'offline',
    show: async ({ page, cutNetwork }) => {
      await cutNetwork()
      await openTicket(page, glass)
      await page
        .getByText(/offline|trying again/i)
        .first()
        .waitFor()
    },
  },
]
