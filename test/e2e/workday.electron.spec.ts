// What fills an agent's day beside reading, by keyboard and by mouse, in the real window on real servers: mail to new
// domains, files, pictures, statuses, new tickets, going back, kept searches, panes, many tickets at once.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { clearText, deskPage, type DeskPage } from '#support/electron/deskPage'
import { deliverCases, setUpDesk, support } from '#support/electron/deskWindow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { plainPng } from '#support/electron/outside'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

test.describe.configure({ mode: 'serial', timeout: 90_000 })

const lamp = 'Lamp in room 12 flickers'
const receipt = 'A receipt, please'
const chair = 'Chair wobbles'
const hours = 'Opening hours?'
const photos = 'Two photos of the chair'
let server: MailServer
let folder: string
let launched: Launched
let env: Record<string, string>
let desk: DeskPage

const page = (): Page => launched.window
const ccs = (): Locator => desk.side().getByRole('region', { name: 'CCs' })
const confirm = (): Locator => page().getByRole('alertdialog')
const files = (): Locator => page().getByRole('list', { name: 'Attached files' })
const views = (): Locator => page().getByRole('navigation')

async function start(): Promise<void> {
  launched = await launchApp({ profile: join(folder, 'profile'), env })
  desk = deskPage(launched.window)
  await expect(desk.row(lamp)).toBeVisible({ timeout: 30_000 })
}

async function deliverMore(): Promise<void> {
  const picture = (name: string, rgb: readonly number[]) => ({
    name,
    type: 'image/png',
    bytes: plainPng(320, 200, rgb),
  })
  const carol = 'Carol Jones <carol@customer.test>'
  await server.deliver(
    withFiles(carol, photos, [
      picture('leg.png', [180, 90, 40]),
      picture('seat.png', [40, 90, 180]),
    ]),
    {
      from: 'carol@customer.test',
      to: [support],
    },
  )
  await server.deliver({ from: carol, to: support, subject: receipt, text: 'For the taxes.' })
}

function withFiles(
  from: string,
  subject: string,
  attached: readonly { name: string; type: string; bytes: Buffer }[],
): string {
  const parts = attached.flatMap(({ name, type, bytes }) => [
    '--b',
    `Content-Type: ${type}; name=${name}`,
    `Content-Disposition: attachment; filename=${name}`,
    'Content-Transfer-Encoding: base64',
    '',
    bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
  ])
  const head = [`From: ${from}`, `To: ${support}`, `Subject: ${subject}`, 'MIME-Version: 1.0']
  const text = ['--b', 'Content-Type: text/plain', '', 'See the photos.']
  const type = 'Content-Type: multipart/mixed; boundary=b'
  return [
    ...head,
    'Message-ID: <photos@customer.test>',
    type,
    '',
    ...text,
    ...parts,
    '--b--',
    '',
  ].join('\r\n')
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-workday-'))
  await deliverCases(server)
  await deliverMore()
  await server.waitForMail(support, (raw) => raw.includes('For the taxes.'))
  env = await setUpDesk(server, folder, join(folder, 'profile'), { undoSeconds: 0 })
  await start()
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The mail with these words that has left for the world; empty while it has not. */
const left = async (words: string): Promise<string> =>
  (await server.outbox()).find((raw) => raw.includes(words)) ?? ''

async function addCc(address: string): Promise<void> {
  await desk.press('m')
  await expect(ccs().getByLabel('Add CCs')).toBeFocused()
  await desk.type(address)
  await desk.press('Enter')
  await expect(ccs().getByRole('button', { name: `${address}, CC` })).toBeVisible()
  await desk.press('Escape')
}

test('mail to a domain that is new on the ticket takes one more key', async () => {
  await desk.open(chair)
  await addCc('joiner@stranger.test')
  await desk.press('r')
  await desk.type('The joiner comes on Friday.')
  await desk.press('Control+Enter')
  await expect(confirm()).toContainText('stranger.test')
  await desk.press('Escape')
  await expect(confirm()).toHaveCount(0)
  await expect(desk.text('public reply')).toHaveText('The joiner comes on Friday.')
  await desk.press('Control+Enter')
  await expect(confirm()).toBeVisible()
  await desk.press('Enter')
  await expect(desk.comment('The joiner comes on Friday.')).toBeVisible()
  await expect.poll(() => left('comes on Friday'), { timeout: 30_000 }).toContain('stranger.test')
})

test('and one click more by mouse, which can be the other one', async () => {
  await desk.open(hours)
  await addCc('porter@stranger.test')
  await desk.text('public reply').click()
  await desk.type('Until six.')
  await desk.send().click()
  await confirm().getByRole('button', { name: 'Cancel' }).click()
  await expect(confirm()).toHaveCount(0)
  await expect(desk.comment('Until six.')).toHaveCount(0)
  await desk.send().click()
  await page().getByTestId('confirm-domain').click()
  await expect(desk.comment('Until six.')).toBeVisible()
})

test('files come by drop and by keys, and leave by key', async () => {
  await desk.open(receipt)
  await page().evaluate(() => {
    const data = new DataTransfer()
    data.items.add(new File(['Total: 12'], 'invoice.txt', { type: 'text/plain' }))
    const composer = document.querySelector('.composer .ProseMirror') ?? document.body
    for (const type of ['dragover', 'drop']) {
      const how = { dataTransfer: data, bubbles: true, cancelable: true }
      composer.dispatchEvent(new DragEvent(type, how))
    }
  })
  await expect(files()).toContainText('invoice.txt')
  const chooser = page().waitForEvent('filechooser')
  await page().getByRole('button', { name: 'Attach files' }).press('Enter')
  const note = { name: 'terms.txt', mimeType: 'text/plain', buffer: Buffer.from('30 days') }
  await (await chooser).setFiles([note])
  await expect(files().getByRole('listitem')).toHaveCount(2)
  await files()
    .getByRole('button', { name: /terms\.txt/ })
    .press('Enter')
  await expect(files().getByRole('listitem')).toHaveCount(1)
  await expect(files().getByRole('button', { name: /invoice\.txt/ })).toBeFocused()
})

test('a reply goes with its file and sets the status, by keys', async () => {
  await desk.press('r')
  await desk.type('Here is the right invoice.')
  await desk.press('Control+Alt+Enter')
  const own = desk.comment('Here is the right invoice.')
  await expect(own.getByTestId('attachment')).toContainText('invoice.txt')
  await expect(
    page()
      .getByRole('button', { name: /^Status: Solved/ })
      .first(),
  ).toBeVisible()
  const raw = await server.waitForMail('carol@customer.test', (one) =>
    one.includes('right invoice'),
  )
  expect(raw).toContain('invoice.txt')
})

test('a reply sets the status, by mouse', async () => {
  await desk.open(lamp)
  await desk.text('public reply').click()
  await desk.type('A technician comes tomorrow.')
  await page().getByRole('button', { name: 'Send and set the status' }).click()
  await page()
    .getByRole('menuitemradio', { name: /pending/i })
    .click()
  await expect(desk.comment('A technician comes tomorrow.')).toBeVisible()
  await expect(
    page()
      .getByRole('button', { name: /^Status: Pending/ })
      .first(),
  ).toBeVisible()
})

test('what was done is in the history and is undone there, by mouse and by key', async () => {
  await desk.side().getByText('History').click()
  const status = page()
    .getByRole('button', { name: /^Status: / })
    .first()
  await desk
    .side()
    .getByRole('button', { name: /^Undo: .*pending/i })
    .click()
  await expect(status).toHaveAccessibleName(/New|Open/)
  await desk.press('i')
  await desk
    .side()
    .getByRole('button', { name: /^Undo: .*assignee/i })
    .first()
    .press('Enter')
  await expect(
    page()
      .getByRole('button', { name: /Unassigned/ })
      .first(),
  ).toBeVisible()
})

test('pictures are looked at without leaving the ticket, by mouse and by keys', async () => {
  await desk.open(photos)
  const viewer = page().getByTestId('viewer')
  const drawn = (): Promise<number> =>
    viewer.locator('img').evaluate((one: HTMLImageElement) => one.naturalWidth)
  await page().getByTestId('attachment').first().click()
  await expect(viewer).toContainText('leg.png')
  await expect.poll(drawn).toBe(320)
  await viewer.getByRole('button', { name: 'Next picture' }).click()
  await expect(viewer).toContainText('seat.png')
  await viewer.getByRole('button', { name: 'Close' }).click()
  await expect(viewer).toHaveCount(0)

  await page().getByTestId('attachment').last().press('Enter')
  await expect(viewer).toContainText('seat.png')
  await desk.press('ArrowLeft')
  await expect(viewer).toContainText('leg.png')
  await desk.press('Escape')
  await expect(viewer).toHaveCount(0)
  await expect(page().getByRole('heading', { name: photos, level: 1 })).toBeVisible()
})

test('a new ticket is written and sent by keys alone', async () => {
  await desk.press('c')
  const dialog = page().getByRole('dialog', { name: 'New ticket' })
  await expect(dialog.getByLabel('Requester')).toBeFocused()
  await desk.type('nina@novel.test')
  await desk.press('Enter', 'Tab')
  await expect(dialog.getByLabel('CCs')).toBeFocused()
  await desk.type('omar@novel.test,')
  await desk.press('Tab')
  await expect(dialog.getByLabel('Subject')).toBeFocused()
  await desk.type('Your order has left us')
  const text = dialog.getByLabel('Text of the first mail')
  await desk.press('Tab')
  await expect(text).toBeFocused()
  await desk.type('Good morning Nina.')
  await desk.press('Control+Enter')
  await expect(
    page().getByRole('heading', { name: 'Your order has left us', level: 1 }),
  ).toBeVisible()
  await expect(desk.comment('Good morning Nina.')).toBeVisible()
  await expect
    .poll(() => left('Good morning Nina'), { timeout: 30_000 })
    .toMatch(/^Cc:.*omar@novel\.test/im)
})

test('two tickets are merged by keys, and come apart by mouse', async () => {
  const related = page().getByTestId('related')
  const merging = desk.dialog('Merge into another ticket')
  await desk.open(photos)
  await desk.command('Merge into another ticket')
  await expect(merging.getByRole('textbox')).toBeFocused()
  await expect(merging.getByRole('option').first()).toBeVisible()
  await desk.type('flickers')
  await expect(merging.getByRole('option')).toHaveCount(1)
  await expect(merging.locator('[data-highlighted]')).toContainText(lamp)
  await desk.press('Enter')
  await expect(merging.getByRole('button', { name: /^Merge into / })).toBeFocused()
  await desk.press('Enter')
  await expect(page().getByRole('heading', { name: lamp, level: 1 })).toBeVisible()
  await expect(desk.toast(/^Merged \S+ into/)).toBeVisible()
  await expect(desk.row(photos)).toHaveCount(0)

  await desk.side().getByText('Merged into this ticket').click()
  await desk.side().getByRole('button', { name: photos }).first().click()
  await expect(page().getByRole('heading', { name: photos, level: 1 })).toBeVisible()
  await expect(related).toContainText(`Merged into`)
  await expect(related).toContainText(lamp)
  await related.getByRole('button', { name: 'Bring back' }).click()
  await expect(related).toHaveCount(0)
  await expect(desk.row(photos)).toHaveCount(1)
})

test('a search is kept as a view, by keys and by mouse, and forgotten', async () => {
  await desk.press('/')
  await desk.type('flickers')
  await expect(desk.tickets().getByRole('option')).toHaveCount(1)
  await desk.press('Control+s')
  const name = page().getByLabel('Name of the view')
  await clearText(name).catch(() => undefined)
  await name.fill('Flickering')
  await desk.press('Enter')
  const kept = views().getByRole('link', { name: /^Flickering/ })
  await expect(kept).toContainText('1')
  await desk.view('All open').click()
  await kept.click()
  await expect(desk.tickets().getByRole('option')).toHaveCount(1)

  await page().getByLabel('Search tickets').fill('wobbles')
  await page()
    .getByRole('button', { name: /Keep this search/ })
    .click()
  await name.fill('Wobbling')
  await page().getByRole('button', { name: 'Save', exact: true }).click()
  const other = views().getByRole('link', { name: /^Wobbling/ })
  await expect(other).toBeVisible()
  await other.hover()
  await views()
    .getByRole('button', { name: /Wobbling/ })
    .click()
  await expect(other).toHaveCount(0)
  await views()
    .getByRole('button', { name: /Flickering/ })
    .press('Enter')
  await expect(kept).toHaveCount(0)
  await desk.view('All open').click()
})

const width = async (one: Locator): Promise<number> => (await one.boundingBox())?.width ?? 0

const windowSizes = (): Promise<number[]> =>
  launched.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().flatMap((one) => (one.isVisible() ? one.getContentSize() : [])),
  )
const resizeWindow = (size: number): Promise<void> =>
  launched.app.evaluate(({ BrowserWindow }, wanted) => {
    const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
    shown?.setContentSize(wanted, 800)
  }, size)

test('panes fold and take a width, and are so again after a restart', async () => {
  await desk.open(lamp)
  const nav = page().getByRole('navigation', { name: 'Views' })
  const [listHandle, sideHandle] = [
    page().getByRole('separator', { name: 'Width of the ticket list' }),
    page().getByRole('separator', { name: 'Width of people and properties' }),
  ]
  const box = await listHandle.boundingBox()
  if (box === null) throw new Error('no handle')
  const before = await width(desk.tickets())
  await page().mouse.move(box.x + box.width / 2, box.y + 200)
  await page().mouse.down()
  await page().mouse.move(box.x + 60, box.y + 200, { steps: 5 })
  await page().mouse.up()
  await expect.poll(() => width(desk.tickets())).toBeGreaterThan(before + 40)
  const sideBefore = await width(desk.side())
  await sideHandle.focus()
  await desk.press('ArrowLeft', 'ArrowLeft')
  await expect.poll(() => width(desk.side())).toBeGreaterThan(sideBefore + 5)
  const listBefore = await width(desk.tickets())
  await page()
    .getByRole('button', { name: /Fold the views/ })
    .first()
    .click()
  await expect.poll(() => width(nav)).toBeLessThan(80)
  await expect
    .poll(async () => Math.abs((await width(desk.tickets())) - listBefore))
    .toBeLessThan(4)
  // What was chosen is kept a moment later.
  await page().waitForTimeout(800)
  const [listWide, sideWide] = [await width(desk.tickets()), await width(desk.side())]

  // A window that is small for a while chooses no widths.
  const [wide] = await windowSizes()
  await resizeWindow(780)
  await page().waitForTimeout(800)
  await resizeWindow(wide ?? 1440)
  await expect.poll(async () => Math.abs((await width(desk.tickets())) - listWide)).toBeLessThan(4)
  await expect.poll(async () => Math.abs((await width(desk.side())) - sideWide)).toBeLessThan(4)

  await launched.close()
  await start()
  await expect.poll(() => width(page().getByRole('navigation', { name: 'Views' }))).toBeLessThan(80)
  await desk.open(lamp)
  await expect.poll(async () => Math.abs((await width(desk.tickets())) - listWide)).toBeLessThan(4)
  await expect.poll(async () => Math.abs((await width(desk.side())) - sideWide)).toBeLessThan(4)
  await desk.press('[')
  await expect
    .poll(() => width(page().getByRole('navigation', { name: 'Views' })))
    .toBeGreaterThan(120)
  await desk.press(']')
  await expect(desk.side()).toHaveCount(0)
  await desk.press(']', '\\')
  await expect(desk.side()).toBeVisible()
  await expect(desk.tickets()).toBeHidden()
  await desk.press('\\')
  await expect(desk.tickets()).toBeVisible()
})

test('a list that was born without room is whole as soon as there is some', async () => {
  const listWide = await width(desk.tickets())
  const give = (room: string): Promise<void> =>
    page().evaluate((wanted) => {
      document.body.style.width = wanted
    }, room)
  for (const room of ['0px', '60px', '160px', '230px']) {
    await page().getByRole('link', { name: 'Settings' }).click()
    await give(room)
    await page().keyboard.press('Control+1')
    await expect(desk.tickets()).toBeAttached()
    await page().waitForTimeout(150)
    await give('')
    await desk.open(lamp)
    await expect
      .poll(async () => Math.abs((await width(desk.tickets())) - listWide), { message: room })
      .toBeLessThan(4)
  }
})

test('several tickets get a reply, by keys, and a status, by mouse', async () => {
  await desk.press('u')
  await desk.row(photos).click({ modifiers: ['Control'] })
  await desk.row(hours).click({ modifiers: ['Control'] })
  await expect(page().getByText('2 picked')).toBeVisible()
  await desk.press('r')
  const dialog = page().getByRole('dialog', { name: 'Reply to several tickets' })
  await expect(dialog.getByLabel('Reply', { exact: true })).toBeFocused()
  await desk.type('We are closed on Monday.')
  await expect(dialog.getByRole('button', { name: 'Send 2 replies' })).toBeEnabled()
  await desk.press('Control+Enter')
  await expect(dialog.getByText('In the outbox')).toHaveCount(2)
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  const bar = page().getByRole('region', { name: 'Picked tickets' })
  await bar.getByRole('button', { name: 'Status' }).click()
  await page().getByRole('menuitemradio', { name: 'Solved' }).click()
  await expect(desk.row(photos)).toHaveCount(0)
  await expect(desk.row(hours)).toHaveCount(0)
  await desk.press('z')
  await expect(desk.row(photos)).toBeVisible()
  await desk.press('Escape')
})
