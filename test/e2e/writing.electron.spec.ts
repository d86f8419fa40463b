// Everything an agent writes, by keyboard and by mouse, in the real window on real servers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator } from '@playwright/test'
import { contract } from '#shared/ipc/contract'
import type { Bridge } from '#shared/ipc/procedure'
import { openDatabase } from '#main/db/open'
import { saveSetting } from '#main/db/settings'
import { clearText, deskPage, type DeskPage } from '#support/electron/deskPage'
import { deliverCases, setUpDesk } from '#support/electron/deskWindow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

declare global {
  interface Window {
    readonly copydesk: Bridge
  }
}

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const lamp = 'Lamp in room 12 flickers'
const invoice = 'Invoice 4711 is wrong'
const chair = 'Chair wobbles'
const hours = 'Opening hours?'
const screenshots = join(process.cwd(), 'screenshots', 'window')
let server: MailServer
let folder: string
let launched: Launched
let env: Record<string, string>
let desk: DeskPage

async function start(): Promise<void> {
  launched = await launchApp({ profile: join(folder, 'profile'), env })
  desk = deskPage(launched.window)
  await expect(desk.row(lamp)).toBeVisible({ timeout: 30_000 })
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-writing-'))
  await deliverCases(server)
  env = await setUpDesk(server, folder, join(folder, 'profile'))
  await start()
  const text = 'Hello {{requester.firstName}},\nabout “{{ticket.subject}}”: {{order.number}}'
  const set = await desk.page.evaluate(
    (template) => window.copydesk.call('templates.set', template),
    { id: 'greeting', name: 'Greeting', text },
  )
  expect(set).toMatchObject({ ok: true })
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const composer = (): Locator => desk.page.locator('.composer')
const mode = (name: string): Locator => composer().getByText(name, { exact: true })
const offer = (words: string): Locator => desk.page.locator('.offer').filter({ hasText: words })
const followers = (): Locator => desk.side().getByRole('region', { name: 'Followers' })

/** One key to begin, and the text has the focus. */
async function begin(key: 'r' | 'n', what: string): Promise<void> {
  await desk.press(key)
  await expect(desk.text(what)).toBeFocused()
}

test('a colleague is named with @ and follows from then on', async () => {
  await desk.open(invoice)
  await begin('n', 'internal note')
  await desk.type('Ask @be')
  await expect(offer('Ben Bright')).toBeVisible()
  await desk.press('Enter')
  await desk.type('please')
  await desk.press('Control+Enter')
  await expect(desk.comment('Ask @Ben Bright')).toBeVisible()
  await expect(followers()).toContainText('Ben Bright')

  await mode('Internal note').click()
  await desk.text('internal note').click()
  await desk.type('And @cle')
  await offer('Cleo Clear').click()
  await desk.send().click()
  await expect(desk.comment('And @Cleo Clear')).toBeVisible()
  await expect(followers()).toContainText('Cleo Clear')
})

test('a reply that is taken back is in the composer again, by z and by its button', async () => {
  await desk.open(chair)
  await begin('r', 'public reply')
  await desk.type('Hasty words')
  await desk.press('Control+Enter')
  await expect(desk.toast(/Sending in/)).toBeVisible()
  await expect(desk.text('public reply')).toHaveText('')
  await desk.press('z')
  await expect(desk.text('public reply')).toHaveText('Hasty words')

  await desk.send().click()
  await desk
    .toast(/Sending in/)
    .getByRole('button', { name: 'Undo' })
    .click()
  await expect(desk.text('public reply')).toHaveText('Hasty words')
})

test('a reply that is taken back over a note makes nobody a reader of the note', async () => {
  await desk.text('public reply').press('Control+Enter')
  await expect(desk.toast(/Sending in/)).toBeVisible()
  await begin('n', 'internal note')
  await desk.type('He is difficult')
  await desk.press('Escape', 'z')
  await expect(desk.text('public reply')).toHaveText('Hasty words')
  await clearText(desk.text('public reply'))
  await desk.press('Escape')
  await begin('n', 'internal note')
  await expect(desk.text('internal note')).toHaveText('He is difficult')
})

test('a note stays a note: the public reply is a text of its own, also after a restart', async () => {
  const tab = (name: string): Locator => composer().locator('.mode').filter({ hasText: name })
  const mark = (name: string): Locator => tab(name).getByRole('img', { name: 'begun, not sent' })
  await desk.press('Escape')
  await begin('r', 'public reply')
  await expect(desk.text('public reply')).toHaveText('')
  await expect(mark('Internal note')).toBeVisible()
  await expect(mark('Public reply')).toHaveCount(0)
  // Neither does undoing bring the words of one into the other, nor those of another ticket.
  await desk.press('Control+z', 'Control+z')
  await expect(desk.text('public reply')).toHaveText('')
  await desk.type('We send you another chair')
  await desk.page.screenshot({ path: join(screenshots, 'note-begun.png') })
  await tab('Internal note').click()
  await expect(desk.text('internal note')).toHaveText('He is difficult')
  await desk.text('internal note').press('Control+z')
  await expect(desk.text('internal note')).not.toContainText('another chair')
  await desk.press('Control+Shift+z')
  await expect(desk.text('internal note')).toHaveText('He is difficult')
  await desk.open(hours)
  await expect(desk.text('public reply')).toHaveText('')
  await desk.text('public reply').press('Control+z')
  await expect(desk.text('public reply')).toHaveText('')

  await launched.close()
  await start()
  await desk.open(chair)
  await begin('n', 'internal note')
  await expect(desk.text('internal note')).toHaveText('He is difficult')
  await desk.press('Escape')
  await begin('r', 'public reply')
  await expect(desk.text('public reply')).toHaveText('We send you another chair')
  await clearText(desk.text('public reply'))
  await tab('Internal note').click()
  await clearText(desk.text('internal note'))
  await tab('Public reply').click()
})

test('a reply waits for its hour, is edited by keys and cancelled by mouse', async () => {
  await desk.open(hours)
  await begin('r', 'public reply')
  await desk.type('We open at nine')
  await desk.press('Control+Shift+Enter')
  await expect(desk.page.locator('.times button').first()).toBeFocused()
  await desk.press('ArrowDown', 'Enter')
  await expect(desk.toast(/goes out on/)).toBeVisible()
  await desk.command('Outbox')
  const scheduled = desk.page.getByRole('region', { name: 'Scheduled' })
  await expect(scheduled).toContainText('We open at nine')
  await scheduled.getByRole('button', { name: 'Edit' }).press('Enter')
  await expect(desk.text('public reply')).toHaveText('We open at nine')

  await desk.page.getByTestId('later').click()
  await desk.page.getByRole('button', { name: /In two hours/ }).click()
  await desk.view('Outbox').click()
  await scheduled.getByRole('button', { name: 'Cancel' }).click()
  await expect(scheduled).toHaveCount(0)
  await desk.view('All open').click()
})

test('words of the desk are put in, and what they leave open is named', async () => {
  await desk.open(chair)
  await begin('r', 'public reply')
  await desk.type('/gre')
  await expect(offer('Greeting')).toBeVisible()
  await desk.press('Enter')
  const text = desk.text('public reply')
  await expect(text).toContainText('Hello Customer,')
  await expect(text).toContainText(`about “${chair}”`)
  await expect(composer().getByRole('alert')).toContainText('{{order.number}}')
  await clearText(text)

  await composer().getByRole('button', { name: 'Templates' }).click()
  await desk.page.getByRole('menuitemradio', { name: 'Greeting' }).click()
  await expect(text).toContainText('Hello Customer,')
  await clearText(text)
  await desk.press('Escape')
})

test('a private reply goes to chosen people, found by their names', async () => {
  await desk.open(lamp)
  const people = desk.page.getByLabel('People who get the private reply')
  await desk.press('v')
  await expect(people).toBeFocused()
  await desk.type('ben')
  await expect(desk.page.getByRole('option', { name: /Ben Bright/ })).toBeVisible()
  await desk.press('Enter')
  await expect(desk.send()).toContainText('Private to Ben')
  await desk.press('Tab')
  await expect(desk.text('private reply')).toBeFocused()
  await desk.type('Between us, Ben')
  await desk.press('Control+Enter')
  await expect(desk.comment('Between us, Ben').getByTestId('visibility')).toHaveText(
    'Private reply',
  )

  await mode('Private reply').click()
  await people.fill('dave')
  await desk.page.getByRole('option', { name: /Dave Brown/ }).click()
  await desk.text('private reply').click()
  await desk.type('Between us, Dave')
  await desk.send().click()
  await expect(desk.comment('Between us, Dave')).toContainText('Dave Brown')
  await mode('Public reply').click()
})

test('what is pasted from a page brings its words and formats, neither script nor request', async () => {
  await desk.open(invoice)
  await begin('r', 'public reply')
  await clearText(desk.text('public reply'))
  const before = launched.problems.failedRequests.length
  await desk.page.evaluate(() => {
    const data = new DataTransfer()
    data.setData(
      'text/html',
      `<p onclick="document.title = 'ran'">Some <b>bold</b> words
       <img src="https://evil.test/pixel.gif" onerror="document.title = 'ran'">
       <script>document.title = 'ran'</script><a href="javascript:alert(1)">here</a>
       <span style="background:url(https://evil.test/back.gif)">and there</span></p>`,
    )
    const how = { clipboardData: data, bubbles: true, cancelable: true }
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', how))
  })
  const text = desk.text('public reply')
  await expect(text).toContainText('Some bold words')
  await expect(text).toContainText('and there')
  await expect(text.locator('strong')).toHaveText('bold')
  await expect(text.locator('img, script, a, [onclick], [onerror], [style]')).toHaveCount(0)
  await desk.page.waitForTimeout(500)
  expect(await desk.page.title()).not.toBe('ran')
  expect(launched.problems.failedRequests.slice(before)).toEqual([])
  await clearText(text)
})

test('a public reply does not tell customers who follows: one key takes the @ out', async () => {
  await desk.open(hours)
  await begin('r', 'public reply')
  await desk.type('Ask @Cleo Clear, please.')
  await expect(composer().getByRole('alert')).toContainText(
    'with the @, Cleo Clear follows the ticket',
  )
  await desk.press('Control+Enter')
  await expect(desk.page.getByTestId('mend-names')).toBeFocused()
  await desk.page.screenshot({ path: join(screenshots, 'composer-hidden-names.png') })
  await desk.press('Enter')
  await expect(desk.text('public reply')).toHaveText('Ask Cleo Clear, please.')
  await expect(desk.text('public reply')).toBeFocused()
  await desk.press('Control+Enter')
  await expect(desk.comment('Ask Cleo Clear, please.')).toBeVisible()
  await expect(followers()).not.toContainText('Cleo Clear')
})

test('a bulk reply that the end of the app cut short is offered again, and nothing goes twice', async () => {
  const found = await desk.page.evaluate(() =>
    window.copydesk.call('tickets.list', { view: 'all', query: '', offset: 0, limit: 50 }),
  )
  const { rows } = contract.tickets.list.output.parse(found.ok ? found.value : null)
  const ticketIds = [lamp, hours].map((name) => rows.find((row) => row.subject === name)?.id ?? '')
  await launched.close()
  // As a kill leaves it: begun, and neither ticket has got it.
  const words = 'To both of you.'
  const job = { id: 'cut-short-by-a-kill', ticketIds, text: words, status: null }
  const db = await openDatabase(join(folder, 'profile'))
  await db.write('test', (tx) => saveSetting(tx, 'bulkReplies', [job]))
  await db.close()

  await start()
  await desk.page.getByTestId('interrupted').click()
  const dialog = desk.page.getByRole('dialog')
  await expect(dialog).toContainText('None of the 2 tickets has it yet.')
  await expect(dialog.getByText('Not sent')).toHaveCount(2)
  await desk.page.screenshot({ path: join(screenshots, 'bulk-interrupted.png') })
  await desk.page.getByTestId('resume-rest').click()
  await expect(dialog.getByText('In the outbox')).toHaveCount(2)
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(desk.page.getByTestId('interrupted')).toHaveCount(0)
  await desk.open(hours)
  await expect(desk.comment(words)).toHaveCount(1)
})
