// Two desktops on a real Dovecot: each sees where the other is, and nobody stays who is gone.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { saveSetting, getSetting } from '#main/db/settings'
import { createEngine, type Engine } from '#main/engine'
import type { Secrets } from '#main/host'
import { loadDeviceKey } from '#main/journal/signing'
import { connectImap } from '#main/mail/imap'
import { decodeNote, encodeNote } from '#main/presence/note'
import type { PresenceTimes } from '#main/presence/visit'
import type { PresentPerson } from '#shared/model/presence'
import { startFaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import {
  memorySecrets,
  startDesk,
  startDeskServer,
  temporaryProfile,
  type Desk,
} from '#support/startDesk'

const folder = 'Copydesk/Presence'
const times: PresenceTimes = {
  ttlMs: 3_000,
  renewMs: 1_000,
  restMs: 60_000,
  quietMs: 50,
  pollMs: 300,
}
const onTicket = { ticketId: 'ticket-1', state: 'viewing' } as const
const inList = { ticketId: null, state: 'viewing' } as const
const knownSecrets: Secrets = {
  mode: 'ask',
  get: async () => JSON.stringify({ imap: 'pass', smtp: 'pass' }),
  set: async () => undefined,
}
const ben = (state: PresentPerson['state'], ticketId = 'ticket-1') => [
  { address: 'ben@desk.test', ticketId, state },
]

let server: MailServer
let ada: Desk
const cleanups: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function openAda(more: Partial<PresenceTimes> = {}, imapPort?: number): Promise<Engine> {
  const port = imapPort === undefined ? {} : { imapPort }
  ada = await startDesk({ server, presence: { ...times, ...more }, ...port })
  cleanups.push(ada.stop)
  // The desk is in its folder before anybody joins it.
  await ada.engine.journal.passOnce()
  await ada.engine.start()
  return ada.engine
}

/** Ben's profile on Ada's desk, set up and closed again. */
async function benProfile(): Promise<string> {
  const profile = await temporaryProfile()
  cleanups.push(() => rm(profile, { recursive: true, force: true }))
  const engine = await createEngine({ profile, secrets: memorySecrets() })
  const box = ada.account.address
  await engine.setUp({
    account: {
      address: box,
      aliases: [],
      name: 'Desk',
      imap: { ...server.imapSettings(box), password: 'pass' },
      smtp: { ...server.smtpSettings(box), password: 'pass' },
    },
    agent: { name: 'Ben', address: 'ben@desk.test', role: 'agent' },
    preset: null,
    policy: {},
    directory: [],
  })
  // His desktop says whose it is.
  await engine.journal.passOnce()
  await engine.stop()
  return profile
}

async function openBen(): Promise<Engine> {
  const profile = await benProfile()
  const secrets = knownSecrets
  const engine = await createEngine({ profile, secrets, presence: times })
  let isOpen = true
  cleanups.push(async () => {
    if (isOpen) await engine.stop()
  })
  await engine.start()
  return {
    ...engine,
    stop: async () => {
      isOpen = false
      await engine.stop()
    },
  }
}

async function until(is: () => boolean | Promise<boolean>, what: string): Promise<number> {
  const from = performance.now()
  while (!(await is())) {
    if (performance.now() - from > 20_000) throw new Error(`never seen: ${what}`)
    await delay(20)
  }
  return Math.round(performance.now() - from)
}

const sees = (engine: Engine, people: PresentPerson[]): Promise<number> =>
  until(
    () => JSON.stringify(engine.presence.list()) === JSON.stringify(people),
    JSON.stringify(people),
  )

it('shows a colleague who comes, writes, moves on and leaves', async () => {
  const here = await openAda()
  const events: PresentPerson[][] = []
  here.presence.onChange((people) => events.push(people))
  await here.presence.set(inList)
  const other = await openBen()
  await other.presence.set(onTicket)
  await sees(here, ben('viewing'))
  await other.presence.set({ ...onTicket, state: 'replying' })
  await sees(here, ben('replying'))
  await other.presence.set({ ticketId: 'ticket-2', state: 'viewing' })
  await sees(here, ben('viewing', 'ticket-2'))
  await here.presence.set({ ticketId: 'ticket-2', state: 'replying' })
  await sees(other, [{ address: 'ada@desk.test', ticketId: 'ticket-2', state: 'replying' }])
  await other.presence.set(inList)
  await sees(here, [])
  expect(events.at(-1)).toEqual([])
  await here.presence.set(inList)
  await until(async () => (await server.mailbox(ada.account.address, folder)).length === 0, 'empty')
})

it('shows each step of a colleague within two seconds, with the times of everyday', async () => {
  ada = await startDesk({ server })
  cleanups.push(ada.stop)
  await ada.engine.journal.passOnce()
  await ada.engine.start()
  await ada.engine.presence.set(inList)
  const profile = await benProfile()
  const other = await createEngine({ profile, secrets: knownSecrets })
  cleanups.push(other.stop)
  await other.start()
  await other.presence.set(onTicket)
  await sees(ada.engine, ben('viewing'))
  const taken: number[] = []
  for (const n of [2, 3, 4, 5, 6]) {
    const ticketId = `ticket-${String(n)}`
    await other.presence.set({ ticketId, state: 'replying' })
    taken.push(await sees(ada.engine, ben('replying', ticketId)))
  }
  process.stdout.write(`seen after ${taken.join(', ')} ms\n`)
  expect(taken.sort((one, two) => one - two)[2]).toBeLessThan(2_000)
})

it('keeps one message for each desktop, whatever it says and for however long', async () => {
  const here = await openAda({ renewMs: 100 })
  const passed: string[] = []
  for (let n = 0; n < 12; n++) {
    await here.presence.set({ ticketId: `ticket-${n}`, state: 'viewing' })
    await delay(120)
    passed.push(...(await server.mailbox(ada.account.address, folder)))
  }
  expect(passed.length).toBeGreaterThan(6)
  await until(
    async () => (await server.mailbox(ada.account.address, folder)).length === 1,
    'one message',
  )
})

it('lets a desktop that was killed vanish after the life of its note', async () => {
  const here = await openAda()
  await here.presence.set(inList)
  const profile = await benProfile()
  // Inside the repository, so that the packages it leaves out are found.
  const out = await mkdtemp(join(resolve('node_modules'), '.present-'))
  cleanups.push(() => rm(out, { recursive: true, force: true }))
  await build({
    configFile: false,
    logLevel: 'warn',
    resolve: {
      alias: {
        '#main': resolve('src-main'),
        '#shared': resolve('src-shared'),
      },
    },
    build: {
      ssr: resolve('test/support/presentDesktop.ts'),
      outDir: out,
      target: 'node20',
      rolldownOptions: { output: { format: 'esm', entryFileNames: 'desktop.mjs' } },
    },
  })
  const child = spawn(process.execPath, [join(out, 'desktop.mjs'), profile, 'ticket-1'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = new Promise((done) => child.once('exit', done))
  try {
    await sees(here, ben('replying'))
  } finally {
    child.kill('SIGKILL')
    await ended
  }
  expect(here.presence.list()).toEqual(ben('replying'))
  await sees(here, [])
  // Its note is cleared away by those who stay.
  await here.presence.set(onTicket)
  await until(
    async () => (await server.mailbox(ada.account.address, folder)).length === 1,
    'cleared',
  )
})

it('goes on after the connection was cut, and nothing of it is in the way of the sync', async () => {
  const direct = server.imapSettings('x@desk.test')
  const proxy = await startFaultProxy(direct.port)
  cleanups.push(() => proxy.stop())
  const here = await openAda({}, proxy.port)
  await here.presence.set(onTicket)
  const other = await openBen()
  await other.presence.set(onTicket)
  await sees(here, ben('viewing'))
  proxy.dropAll()
  await sees(here, [])
  await until(async () => {
    await here.presence.set(onTicket)
    return here.presence.list().length === 1
  }, 'seen again')
})

it('says nothing and hears nothing once it is switched off', async () => {
  const here = await openAda()
  await here.presence.set(inList)
  const other = await openBen()
  await other.presence.set(onTicket)
  await sees(here, ben('viewing'))
  await other.core.db.write('preferences', async (tx) => {
    await saveSetting(tx, 'preferences', {
      ...(await getSetting(tx, 'preferences')),
      presence: false,
    })
    tx.changed('preferences', 'preferences')
  })
  await sees(here, [])
  await other.presence.set(onTicket)
  await here.presence.set(onTicket)
  await delay(500)
  expect([here.presence.list(), other.presence.list()]).toEqual([[], []])
  expect(await server.mailbox(ada.account.address, folder)).toHaveLength(1)
})

/** The server as one that has never heard of IDLE. */
async function withoutIdle(target: number): Promise<number> {
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const behind = createConnection(target, '127.0.0.1')
    for (const socket of [client, behind]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    client.pipe(behind)
    behind.on('data', (bytes) => {
      client.write(Buffer.from(bytes.toString('latin1').replace(/ IDLE\b/g, ' XDLE'), 'latin1'))
    })
    behind.once('close', () => client.destroy())
    client.once('close', () => behind.destroy())
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => proxy.close(done))
  })
  return (proxy.address() as AddressInfo).port
}

it('asks where the server has no IDLE', async () => {
  const port = await withoutIdle(server.imapSettings('x@desk.test').port)
  const plain = await connectImap({ ...server.imapSettings('help1@desk.test'), port })
  expect([plain.hasCapability('XDLE'), plain.hasCapability('IDLE')]).toEqual([true, false])
  await plain.close()
  const here = await openAda({}, port)
  await here.presence.set(inList)
  const other = await openBen()
  // Without IDLE his desktop's introduction, too, is found by asking.
  await here.journal.passOnce()
  await other.presence.set(onTicket)
  await sees(here, ben('viewing'))
  await other.presence.set(inList)
  await sees(here, [])
})

it('believes no note that its desktop has not signed', async () => {
  const key = loadDeviceKey(await temporaryProfile())
  const note = { v: 1, device: key.device, by: 'ben@desk.test', ...onTicket } as const
  const bytes = encodeNote(note, key, 'help@desk.test')
  expect(decodeNote(bytes)).toEqual(note)
  expect(decodeNote(encodeNote({ ...note, device: 'another' }, key, 'help@desk.test'))).toBeNull()
  expect(decodeNote(Buffer.concat([bytes, Buffer.alloc(9_000, 'A')]))).toBeNull()
  const [head = '', body = ''] = bytes.toString().split('\r\n\r\n')
  const said = Buffer.from(body, 'base64').toString()
  const forged = Buffer.from(said.replace('ben@desk.test', 'eva@desk.test')).toString('base64')
  expect(decodeNote(Buffer.from(`${head}\r\n\r\n${forged}`))).toBeNull()
  for (const text of ['', 'Subject: x\r\n\r\nhello', `${head}\r\n\r\n%%%`, head]) {
    expect(decodeNote(Buffer.from(text))).toBeNull()
  }
})

it('takes its note back when the desktop is closed', async () => {
  const here = await openAda()
  await here.presence.set(inList)
  const other = await openBen()
  await other.presence.set(onTicket)
  await sees(here, ben('viewing'))
  await other.stop()
  expect(await server.mailbox(ada.account.address, folder)).toEqual([])
  await sees(here, [])
})
