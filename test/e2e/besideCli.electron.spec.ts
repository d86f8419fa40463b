// A window and the command line on one profile: what may not go on beside the other says so and loses nothing, what may
// is seen at once, and what one leaves half done the other can end.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { deskPage, type DeskPage } from '#support/electron/deskPage'
import { copydesk, setUpDesk, support } from '#support/electron/deskWindow'
import {
  electronCommand,
  electronEnv,
  launchApp,
  repository,
  type Launched,
} from '#support/electron/launchApp'
import { watchOutbox } from '#support/watchOutbox'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const carol = 'carol@customer.test'
const subjects = Array.from({ length: 12 }, (_, n) => `Lamp ${String(n + 1)} flickers`)
const inUse = 'Another Copydesk is using this profile: close it first'
let server: MailServer
let folder: string
let profile: string
let env: Record<string, string>
let launched: Launched | undefined
let desk: DeskPage

async function open(): Promise<void> {
  launched = await launchApp({ profile, env })
  desk = deskPage(launched.window)
  await expect(desk.row(subjects[0] ?? '').first()).toBeVisible({ timeout: 30_000 })
}

const cli = (...words: string[]): Promise<unknown> =>
  copydesk(env, [...words, '--profile', profile])

/** A command that is not waited for. */
function begin(...words: string[]) {
  const file = join(repository, 'out', 'main', 'cli.cjs')
  const child = spawn(process.execPath, [file, ...words, '--profile', profile], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended }
}

interface TicketLine {
  readonly key: string
  readonly subject: string
}
const tickets = async () => (await cli('tickets')) as TicketLine[]
async function keyOf(subject: string): Promise<string> {
  return (await tickets()).find((one) => one.subject === subject)?.key ?? ''
}

/** How many mails with these words Carol has got. */
async function copies(words: string): Promise<number> {
  return (await server.mailbox(carol)).filter((mail) => mail.includes(words)).length
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-beside-'))
  profile = join(folder, 'profile')
  for (const subject of subjects) {
    await server.deliver({ from: `Carol <${carol}>`, to: support, subject, text: 'Hello?' })
  }
  env = await setUpDesk(server, folder, profile)
})

test.afterAll(async () => {
  await launched?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('beside a window, serve and sync say why not; a reply goes out through the window, once', async () => {
  await open()
  for (const command of ['serve', 'sync']) await expect(cli(command)).rejects.toThrow(inUse)
  const [subject = ''] = subjects
  await desk.open(subject)
  await cli('reply', await keyOf(subject), '--body', 'Sent beside the window.')
  await expect(desk.comment('Sent beside the window.')).toContainText(/Sent to/, {
    timeout: 30_000,
  })
  expect(await copies('Sent beside the window.')).toBe(1)
})

test('beside serve, a window says why not and ends, and serve goes on', async () => {
  await launched?.close()
  launched = undefined
  const served = begin('serve')
  const subject = 'Only served'
  await server.deliver({ from: `Carol <${carol}>`, to: support, subject, text: 'Hello?' })
  await expect.poll(() => keyOf(subject), { timeout: 30_000 }).not.toBe('')

  const { path, args } = electronCommand(profile)
  const child = spawn(path, args, { env: electronEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.once('exit', done))
  expect([code, said]).toEqual([1, expect.stringContaining(inUse)])

  await cli('reply', await keyOf(subject), '--body', 'Sent by serve.')
  await expect.poll(() => copies('Sent by serve.'), { timeout: 30_000 }).toBe(1)
  served.kill('SIGTERM')
  expect(await served.ended).toBe(0)
})

test('a bulk reply killed on the command line is offered in the window, and reaches each once', async () => {
  const words = 'It is the driver: a new one is on its way.'
  const keys = (await tickets()).map(({ key }) => key)
  const firstQueued = await watchOutbox(profile)
  const bulk = begin('bulk-reply', ...keys, '--body', words)
  await firstQueued()
  bulk.kill('SIGKILL')
  expect(await bulk.ended).toBeNull()
  const waiting = (await cli('outbox')) as { state: string }[]
  const has = waiting.filter(({ state }) => state === 'queued').length
  expect(has).toBeLessThan(keys.length)
  await expect(cli('bulk-reply', ...keys, '--body', words)).rejects.toThrow(/bulk-replies resume/)

  await open()
  const verb = has === 1 ? 'has it' : 'have it'
  await expect(
    desk.page.getByText(`${String(has)} of ${String(keys.length)} tickets ${verb}.`),
  ).toBeVisible()
  await desk.page.getByTestId('interrupted').click()
  await desk.page.getByTestId('resume-rest').click()
  const dialog = desk.page.getByRole('dialog')
  await expect(dialog.getByText('In the outbox')).toHaveCount(keys.length)
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(desk.page.getByTestId('interrupted')).toHaveCount(0)
  expect(await cli('bulk-replies')).toEqual([])
  await expect.poll(() => copies(words), { timeout: 60_000 }).toBe(keys.length)
})
