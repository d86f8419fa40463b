// The settings of this desktop and of the desk, as an admin and as somebody who may only read them.
import { escape, goToSettings, type Screen } from './screen'

const page = (name: string, section: string): Screen => ({
  name: `settings-${name}`,
  show: ({ page: window }) => goToSettings(window, section),
})

export const settingsScreens: readonly Screen[] = [
  page('me', 'Me'),
  page('notifications', 'Notifications'),
  page('appearance', 'Appearance'),
  page('data', 'Data'),
  page('mailboxes', 'Mailboxes'),
  {
    name: 'settings-mailbox-open',
    show: ({ page: window }) =>
      window.getByRole('button', { name: /support@lumenhaus/, expanded: false }).click(),
  },
  {
    name: 'settings-mailbox-refused',
    show: async ({ page: window }) => {
      await window.getByLabel('New password').fill('not the password')
      await window.getByRole('button', { name: 'Change password' }).click()
      await window.getByRole('alert').first().waitFor()
      await window.getByRole('alert').first().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'settings-mailbox-add',
    show: async ({ page: window }) => {
      await window.getByRole('button', { name: 'Add a mailbox' }).click()
      await window
        .getByRole('dialog')
        .getByLabel('Support address')
        .fill('orders@lumenhaus.example')
    },
  },
  {
    name: 'settings-mailbox-servers',
    show: async ({ page: window }) => {
      await window.keyboard.press('Enter')
      await window.getByLabel('Password', { exact: true }).fill('secret')
    },
    leave: ({ page: window }) => escape(window),
  },
  page('policy', 'Desk policy'),
  {
    name: 'settings-policy-simulated',
    hasMoreLooks: true,
    show: async ({ page: window }) => {
      await window.getByLabel('Suppose').selectOption({ label: 'Tickets have CCs: Off' })
      await window.getByRole('button', { name: 'Look', exact: true }).click()
      const result = window.getByText(/tickets? would have come out differently/)
      await result.waitFor()
      await result.scrollIntoViewIfNeeded()
    },
  },
  page('directory', 'Directory'),
  {
    name: 'settings-directory-remove',
    show: async ({ page: window }) => {
      await window.getByRole('button', { name: 'Remove' }).last().click()
      await window.getByRole('dialog').waitFor()
    },
    leave: ({ page: window }) => escape(window),
  },
  page('templates-none', 'Templates'),
  {
    name: 'settings-template-editor',
    show: async ({ page: window }) => {
      await window.getByRole('button', { name: 'New template' }).click()
      await window.getByLabel('Name').fill('Delivery times')
      await window
        .getByLabel('Text')
        .fill(
          'Good morning {{customer.name}},\n\nyour order leaves us {{orders.day}}.\n\n{{agent.name}}',
        )
    },
  },
  {
    name: 'settings-templates',
    show: async ({ page: window }) => {
      await window.getByRole('button', { name: 'Save' }).click()
      await window.getByText('Delivery times').waitFor()
    },
  },
  page('devices', 'Desktops'),
  {
    name: 'settings-device-revoke',
    show: async ({ page: window }) => {
      await window.getByTestId('device').getByRole('button').first().click()
      await window.getByRole('dialog').waitFor()
    },
    leave: ({ page: window }) => escape(window),
  },
]

export const readOnlyScreens: readonly Screen[] = [
  page('mailboxes-read-only', 'Mailboxes'),
  page('policy-read-only', 'Desk policy'),
  page('directory-read-only', 'Directory'),
  page('devices-read-only', 'Desktops'),
  page('templates-read-only', 'Templates'),
]
