// The whole path in a real window on real servers: mail in, ticket, CC, public reply, mail out, offline start.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser'
import { launchApp, type Launched } from '../support/electron/launchApp'
import { startMailServer, type MailServer } from '../support/servers/startMailServer'

test.describe.configure({ mode: 'serial' })

const support = 'support@desk.test'
let server: MailServer
let profile: string
let launched: Launched | undefined

test.beforeAll(async () => {
  server = await startMailServer()
  profile = mkdtempSync(join(tmpdir(), 'cd-e2e-'))
})

test.afterAll(async () => {
  await launched?.close()
  await server.stop()
  rmSync(profile, { recursive: true, force: true })
})

function current(): Launched {
  if (launched === undefined) throw new Error('the app is not running')
  return launched
}

function comment(text: string): Locator {
  return current().window.getByTestId('comment').filter({ hasText: text })
}

async function fillServer(page: Page, title: string, port: number): Promise<void> {
  const group = page.getByRole('group', { name: title })
  await group.getByLabel('Security').selectOption('none')
  await group.getByLabel('Server').fill('127.0.0.1')
  await group.getByLabel('Port').fill(String(port))
  await group.getByLabel('User name').fill(support)
}

async function received(user: string, subject: RegExp): Promise<ParsedMail[]> {
  const mails = await Promise.all(
    (await server.mailbox(user)).map((raw) => simpleParser(Buffer.from(raw))),
  )
  return mails.filter((mail) => subject.test(mail.subject ?? ''))
}

function addresses(field: AddressObject | AddressObject[] | undefined): string[] {
  const list = field === undefined ? [] : Array.isArray(field) ? field : [field]
  return list.flatMap((each) => each.value.map((person) => person.address ?? ''))
}

test('says which setting is wrong, then connects the mailbox', async () => {
  launched = await launchApp({ profile })
  const { window } = launched
  await window.getByLabel('Support address').fill(support)
  await window.getByRole('button', { name: 'Continue' }).click()
  await window.getByLabel('Password', { exact: true }).fill('wrong password')
  await fillServer(window, 'Receiving mail (IMAP)', server.imapSettings(support).port)
  await fillServer(window, 'Sending mail (SMTP)', server.smtpSettings(support).port)

  await window.getByRole('button', { name: 'Test and continue' }).click()
  await expect(window.getByRole('alert').first()).toContainText(/password/i)

  await window.getByLabel('Password', { exact: true }).fill(server.imapSettings(support).password)
  await window.getByRole('button', { name: 'Test and continue' }).click()
  await window.getByLabel('Your name').fill('Ada Lovelace')
  await window.getByLabel('Your own address').fill('ada@desk.test')
  await window.getByRole('button', { name: 'Create the desk' }).click()
  await expect(window.getByRole('button', { name: /New ticket/ }).first()).toBeVisible()
})

test('shows a mail that comes in as a ticket without a click', async () => {
  const { window } = current()
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: support,
    cc: 'Dave Brown <dave@customer.test>',
    subject: 'Printer prints only half pages',
    text: 'Hello,\n\nour printer stops in the middle of each page.\n\nCarol',
  })
  await expect(window.getByText('Printer prints only half pages').first()).toBeVisible({
    timeout: 30_000,
  })
})

test('sends a public reply to requester and CCs, and to nobody else', async () => {
  const { window } = current()
  await window.getByText('Printer prints only half pages').first().click()
  await expect(comment('our printer stops in the middle')).toBeVisible()

  const ccs = window.getByRole('region', { name: 'CCs' }).last()
  await ccs.getByLabel('Add CCs').fill('Pat Lee <pat@partner.test>')
  await ccs.getByLabel('Add CCs').press('Enter')
  await expect(ccs.getByText('2/20')).toBeVisible()

  const text = window.getByLabel('Text of the public reply')
  await text.fill('Please switch it off, wait ten seconds and switch it on again.')
  await expect(window.getByTestId('send')).toContainText(/Carol.*2 CCs/)
  await text.press('Control+Enter')
  // A domain that has never had mail of this ticket takes one more key.
  await expect(window.getByRole('alertdialog')).toContainText('partner.test')
  expect(await received('carol@customer.test', /^Re: Printer/)).toEqual([])
  await window.keyboard.press('Enter')
  await expect(window.getByText(/^Sent to/).first()).toBeVisible({ timeout: 30_000 })

  for (const user of ['carol@customer.test', 'dave@customer.test', 'pat@partner.test']) {
    const [mail, ...more] = await received(user, /^Re: Printer/)
    expect(more).toEqual([])
    expect(addresses(mail?.to)).toEqual(['carol@customer.test'])
    expect(addresses(mail?.cc)).toEqual(['dave@customer.test', 'pat@partner.test'])
    expect(mail?.from?.value).toEqual([{ name: 'Ada Lovelace', address: support }])
    expect(mail?.text).toContain('switch it off')
    expect(mail?.inReplyTo).toMatch(/@customer\.test>$/)
  }
  expect(await received('ben@desk.test', /./)).toEqual([])
})

test('keeps an internal note inside', async () => {
  const { window } = current()
  await window.getByText('Internal note', { exact: true }).last().click()
  const text = window.getByLabel('Text of the internal note')
  await text.fill('This customer has the old firmware, canary-4711.')
  await text.press('Control+Enter')
  await expect(comment('canary-4711')).toBeVisible()
  for (const user of ['carol@customer.test', 'dave@customer.test', 'pat@partner.test']) {
    const raw = (await server.mailbox(user)).join('\n')
    expect(raw).not.toContain('canary-4711')
  }
})

test('writes privately with formats and a file to chosen people alone', async () => {
  const { window } = current()
  await window.getByLabel('Text of the internal note').press('Escape')
  await window.keyboard.press('v')
  const people = window.getByLabel('People who get the private reply')
  await people.fill('ben@desk.test')
  await people.press('Enter')
  const text = window.getByLabel('Text of the private reply')
  await text.click()
  await window.keyboard.type('Ben, this is ')
  await window.keyboard.press('Control+b')
  await window.keyboard.type('urgent')
  await window.getByTestId('attach').setInputFiles({
    name: 'plan.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.4 plan'),
  })
  await expect(window.getByText('plan.pdf')).toBeVisible()
  await expect(window.getByTestId('send')).toContainText('Private to')
  await window.screenshot({ path: join(tmpdir(), 'cd-composer-private.png') })
  await text.press('Control+Enter')
  await expect(window.getByTestId('confirm-domain')).toHaveCount(0)
  await expect
    .poll(async () => (await received('ben@desk.test', /Printer/)).length, { timeout: 30_000 })
    .toBe(1)
  const [mail] = await received('ben@desk.test', /Printer/)
  expect(addresses(mail?.to)).toEqual(['ben@desk.test'])
  expect(mail?.cc).toBeUndefined()
  expect(mail?.html).toContain('<strong>urgent</strong>')
  expect(mail?.text).toContain('Ben, this is urgent')
  expect(mail?.attachments.map((file) => [file.filename, file.content.toString()])).toEqual([
    ['plan.pdf', '%PDF-1.4 plan'],
  ])
  for (const user of ['carol@customer.test', 'dave@customer.test', 'pat@partner.test']) {
    expect((await server.mailbox(user)).join('\n')).not.toContain('urgent')
  }
  // The next private reply is for nobody yet.
  await window.getByText('Public reply', { exact: true }).last().click()
  await window.getByText('Private reply', { exact: true }).last().click()
  await expect(window.getByTestId('send')).toHaveText('Choose people')
})

test('puts a customer’s answer under the same ticket', async () => {
  const [reply] = await received('carol@customer.test', /^Re: Printer/)
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: addresses(reply?.replyTo)[0] ?? support,
    cc: ['dave@customer.test', 'pat@partner.test'],
    subject: 'Re: Printer prints only half pages',
    text: 'That helped, thank you!',
    headers: { 'In-Reply-To': reply?.messageId ?? '', References: reply?.messageId ?? '' },
  })
  await expect(comment('That helped, thank you!')).toBeVisible({ timeout: 30_000 })
  await expect(comment('canary-4711')).toBeVisible()
})

test('reads tickets after a start without network', async () => {
  await current().close()
  launched = undefined
  await server.stop()
  launched = await launchApp({ profile })
  const { window, problems } = launched
  await window.getByText('Printer prints only half pages').first().click()
  await expect(comment('That helped, thank you!')).toBeVisible()
  await expect(comment('canary-4711')).toBeVisible()
  // Playwright evaluates text in the page, which the app's own policy rightly complains about.
  expect(problems.consoleErrors.filter((text) => !text.includes('TrustedScript'))).toEqual([])
})
