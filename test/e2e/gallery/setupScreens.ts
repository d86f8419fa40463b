// The first run: the steps to a new desk with what can go wrong on the way, and joining one that is there.
import { password, support } from '../../../build/demo/people.mjs'
import type { Screen, Stage } from './screen'

async function next({ page }: Stage): Promise<void> {
  await page.locator('button[type=submit]').click()
}

async function fillServers({ page, imapPort, smtpPort }: Stage, word: string): Promise<void> {
  for (const [protocol, port] of Object.entries({ IMAP: imapPort, SMTP: smtpPort })) {
    const group = page.getByRole('group', { name: protocol })
    await group.getByLabel('Security').selectOption('none')
    await group.getByLabel('Server').fill('127.0.0.1')
    await group.getByLabel('Port').fill(String(port))
  }
  await page.getByLabel('Password', { exact: true }).fill(word)
}

const alert = ({ page }: Stage): Promise<void> => page.getByRole('alert').first().waitFor()

export const foundScreens: readonly Screen[] = [
  {
    name: 'setup-address',
    show: ({ page }) => page.getByLabel('Support address').waitFor(),
  },
  {
    name: 'setup-address-wrong',
    show: async (stage) => {
      await stage.page.getByLabel('Support address').fill('support')
      await next(stage)
      await stage.page.getByText('This is not a complete mail address.').waitFor()
    },
  },
  {
    name: 'setup-servers-known',
    show: async (stage) => {
      await stage.page.getByLabel('Support address').fill('lumenhaus@gmail.com')
      await next(stage)
      await stage.page.getByLabel('Password', { exact: true }).waitFor()
    },
    leave: ({ page }) => page.getByRole('button', { name: 'Back' }).click(),
  },
  {
    name: 'setup-servers-guessed',
    hasMoreLooks: true,
    show: async (stage) => {
      await stage.page.getByLabel('Support address').fill(support)
      await next(stage)
      await stage.page.getByLabel('Password', { exact: true }).waitFor()
    },
  },
  {
    name: 'setup-password-wrong',
    show: async (stage) => {
      await fillServers(stage, 'not the password')
      await next(stage)
      await alert(stage)
    },
  },
  {
    name: 'setup-server-unreachable',
    show: async (stage) => {
      await stage.page.getByRole('group', { name: 'SMTP' }).getByLabel('Port').fill('1')
      await stage.page.getByLabel('Password', { exact: true }).fill(password)
      await next(stage)
      await stage.page.getByText(/SMTP/).last().waitFor()
      await alert(stage)
    },
  },
  {
    name: 'setup-you',
    show: async (stage) => {
      await fillServers(stage, password)
      await next(stage)
      await stage.page.getByRole('heading', { name: 'Who are you?' }).waitFor()
    },
  },
  {
    name: 'setup-you-wrong',
    show: async ({ page }) => {
      await page.getByLabel('Your name').fill('Ana Reyes')
      await page.getByLabel('Your own address').fill(support)
      await page.getByLabel('Name of the desk').fill('Lumenhaus')
      await page.getByText('must differ from the support mailbox').waitFor()
    },
  },
  {
    name: 'first-desk-empty',
    show: async (stage) => {
      await stage.page.getByLabel('Your own address').fill('ana.reyes@lumenhaus.example')
      await next(stage)
      await stage.page.getByRole('navigation', { name: 'Views' }).waitFor()
    },
  },
]

export const joinScreens: readonly Screen[] = [
  {
    name: 'setup-join',
    show: async (stage) => {
      await stage.page.getByLabel('Support address').fill(support)
      await next(stage)
      await fillServers(stage, password)
      await next(stage)
      await stage.page.getByRole('heading', { name: 'Join the desk' }).waitFor({ timeout: 30_000 })
    },
  },
]
