// From launching the process to something an agent can use, beside an Electron window that shows one line of text.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from '@playwright/test'
import { afterAll, beforeAll, it } from 'vitest'
import { fillWithTickets } from '#support/fillWithTickets'
import { startDesk, startDeskServer } from '#support/startDesk'
import { generateMail } from '#support/servers/genMail'
import type { MailServer } from '#support/servers/startMailServer'
import { electronCommand, electronEnv } from '../support/electron/launchApp'
import { percentile, print, ratio, seconds } from './report'

const count = Number(process.env['BENCH_MAILS'] ?? 20_000)
const tickets = Number(process.env['BENCH_TICKETS'] ?? 100_000)
const runs = 5
let server: MailServer
let folder: string

beforeAll(async () => {
  server = await startDeskServer()
  folder = await mkdtemp(join(tmpdir(), 'cd-start-'))
})

afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function makeBareApp(): Promise<string> {
  const app = join(folder, 'bare')
  await mkdir(app, { recursive: true })
  await writeFile(join(app, 'package.json'), '{"name":"bare","version":"1.0.0","main":"main.cjs"}')
  await writeFile(join(app, 'page.html'), '<!doctype html><p id="ready">Ready</p>')
  await writeFile(
    join(app, 'main.cjs'),
    `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadFile(__dirname + '/page.html'))`,
  )
  return app
}

async function timeStart(
  profile: string,
  appFolder: string | undefined,
  ready: string,
): Promise<number> {
  const { path, args } = electronCommand(profile, appFolder)
  const startedAt = performance.now()
  const app = await _electron.launch({ executablePath: path, args, env: electronEnv() })
  const window = await app.firstWindow()
  await window.locator(ready).first().waitFor({ timeout: 60_000 })
  const ms = performance.now() - startedAt
  await app.close()
  return ms
}

async function median(measure: () => Promise<number>): Promise<number> {
  await measure()
  const values: number[] = []
  for (let run = 0; run < runs; run++) values.push(await measure())
  return percentile(values, 0.5)
}

it('start time beside a bare Electron window', async () => {
  const desk = await startDesk({ server })
  const batch = [...generateMail({ count })].map(({ raw, flags, receivedAt }) => ({
    raw,
    flags,
    receivedAt,
  }))
  await server.inject(desk.account.address, 'INBOX', batch)
  await desk.engine.syncOnce()
  await desk.engine.stop()
  const bare = await makeBareApp()
  const empty = join(folder, 'empty')

  const floor = await median(() => timeStart(join(folder, 'none'), bare, '#ready'))
  const setup = await median(() => timeStart(empty, undefined, 'form'))
  const full = await median(() => timeStart(desk.profile, undefined, '[role=option]'))
  await fillWithTickets(desk.profile, tickets)
  const large = await median(() => timeStart(desk.profile, undefined, '[role=option]'))
  print(`Start, median of ${String(runs)}`, [
    { what: 'bare Electron window', value: seconds(floor), beside: '1.0×' },
    { what: 'first-run screen', value: seconds(setup), beside: ratio(setup, floor) },
    {
      what: `ticket list of a profile with ${String(count)} mails`,
      value: seconds(full),
      beside: ratio(full, floor),
    },
    {
      what: `and with ${String(tickets)} tickets more`,
      value: seconds(large),
      beside: ratio(large, floor),
    },
  ])
})
