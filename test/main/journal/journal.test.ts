// Two desktops and one folder on a real Dovecot: what one does the other has, whatever happens to the folder.
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listProblems } from '#main/db/journalFolder'
import { getSetting } from '#main/db/settings'
import { createEngine, type Engine } from '#main/engine'
import { encodeBatch } from '#main/journal/codec'
import { loadDeviceKey } from '#main/journal/signing'
import { connectImap, type ImapConnection } from '#main/mail/imap'
import { changeTicket } from '#main/tickets/commands'
import { currentDesk } from '#main/tickets/core'
import { aMail, detailOf, feed, theTicket } from '#support/feedMails'
import { until } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import {
  memorySecrets,
  startDesk,
  startDeskServer,
  temporaryProfile,
  type Desk,
} from '#support/startDesk'

let server: MailServer
let ada: Desk
let ben: { engine: Engine; profile: string } | undefined

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
afterEach(async () => {
  await ben?.engine.stop()
  if (ben !== undefined) await rm(ben.profile, { recursive: true, force: true })
  ben = undefined
  await ada.stop()
})

const mail = () => ({
  raw: aMail({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: 'Printer',
    messageId: '<first@customer.test>',
    text: 'It is on fire.',
  }),
  at: 1_790_000_000_000,
})

/** A second desktop that is set up on the same mailbox. */
async function openBen(address = 'ben@desk.test'): Promise<Engine> {
  const profile = await temporaryProfile()
  const engine = await createEngine({ profile, secrets: memorySecrets() })
  ben = { engine, profile }
  const box = ada.account.address
  await engine.setUp({
    account: {
      address: box,
      aliases: [],
      name: 'Desk',
      imap: { ...server.imapSettings(box), password: 'pass' },
      smtp: { ...server.smtpSettings(box), password: 'pass' },
    },
    agent: { name: 'Ben', address, role: 'admin' },
    preset: null,
    policy: {},
    directory: [],
  })
  return engine
}

/** A mail that lies on the server, read by Ada's desktop; its ticket's id. */
async function arrive(): Promise<string> {
  await server.inject(ada.account.address, 'INBOX', [mail().raw])
  await ada.engine.syncOnce()
  return (await theTicket(ada)).ticket.id
}

async function withImap<T>(work: (imap: ImapConnection) => Promise<T>): Promise<T> {
  const imap = await connectImap(server.imapSettings(ada.account.address))
  try {
    return await work(imap)
  } finally {
    await imap.close()
  }
}

const assigneeOn = async (engine: Engine): Promise<string | null> => {
  const row = await engine.core.db.read.first<{ assignee: string | null }>(
    'SELECT assignee FROM ticket',
  )
  return row?.assignee ?? null
}

describe('the journal folder', () => {
  it('carries what an agent does to another desktop, and both agree', async () => {
    ada = await startDesk({ server })
    const id = await arrive()
    const other = await openBen()
    expect(await getSetting(other.core.db.read, 'agent')).toMatchObject({ role: 'agent' })
    await other.syncOnce()
    // Joining has said whose desktop that is.
    expect((await ada.engine.journal.passOnce()).events).toBe(1)
    expect(await currentDesk(other.core, other.core.db.read)).toEqual(
      await currentDesk(ada.core, ada.core.db.read),
    )
    await changeTicket(ada.core, id, { do: 'assign', assignee: 'ben@desk.test' })
    expect((await ada.engine.journal.passOnce()).pushed).toBe(1)
    expect((await ada.engine.journal.passOnce()).pushed).toBe(0)
    expect((await other.journal.passOnce()).events).toBe(1)
    expect(await assigneeOn(other)).toBe('ben@desk.test')
    expect(await other.hash()).toEqual(await ada.engine.hash())
    await changeTicket(other.core, id, { do: 'setStatus', status: 'solved' })
    expect((await other.journal.passOnce()).pushed).toBe(1)
    expect((await ada.engine.journal.passOnce()).events).toBe(1)
    expect((await detailOf(ada, id)).ticket.status).toBe('solved')
    expect(await other.hash()).toEqual(await ada.engine.hash())
  })

  it('shows a change on another desktop without anybody asking', async () => {
    ada = await startDesk({ server })
    const id = await arrive()
    const other = await openBen()
    await other.syncOnce()
    await ada.engine.start()
    await other.start()
    await until(() => Promise.resolve(other.journal.status().state === 'online'))
    await delay(1_000)
    const taken: number[] = []
    for (const assignee of ['ben@desk.test', 'ada@desk.test', 'ben@desk.test']) {
      await changeTicket(ada.core, id, { do: 'assign', assignee })
      taken.push(await until(async () => (await assigneeOn(other)) === assignee))
    }
    process.stdout.write(`seen elsewhere after ${taken.map(Math.round).join(', ')} ms\n`)
    // The quickest, because a busy machine may hold up any of them.
    expect(Math.min(...taken)).toBeLessThan(1_000)
  })

  it('lets nobody join whom the directory does not know, and says whom to ask', async () => {
    ada = await startDesk({ server })
    await ada.engine.journal.passOnce()
    const error = await openBen('mallory@desk.test').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'refused' })
    expect(String(error)).toContain('Ask Ada Agent <ada@desk.test>')
  })

  it('sets aside what is not ours, damaged or forged, and reads on', async () => {
    ada = await startDesk({ server })
    await ada.engine.journal.passOnce()
    const key = loadDeviceKey(ada.profile)
    const head = { from: 'ada@desk.test', mailbox: ada.account.address, at: Date.now() }
    const event = {
      id: 'stranger-event',
      hlc: '000001790000000-0000-x',
      by: 'ada@desk.test',
      device: key.device,
      ticketId: null,
      body: { kind: 'policy.set', changes: { ccLimit: 1 } },
    }
    const text = JSON.stringify(event)
    const signed = { text, signature: key.sign(text), key: key.publicKey }
    const forged = { ...signed, text: text.replace('"ccLimit":1', '"ccLimit":2') }
    const future = JSON.stringify({
      ...event,
      id: 'future-event',
      body: { kind: 'moon.landed', by: 7 },
    })
    await withImap(async (imap) => {
      await imap.append(
        'Copydesk/Journal',
        Buffer.from(aMail({ from: 'x@y.test', to: 'z@y.test' })),
      )
      await imap.append('Copydesk/Journal', encodeBatch([forged], head))
      await imap.append(
        'Copydesk/Journal',
        encodeBatch([{ text: future, signature: key.sign(future), key: key.publicKey }], head),
      )
    })
    expect((await ada.engine.journal.passOnce()).events).toBe(1)
    const problems = await listProblems(ada.core.db.read)
    expect(problems.map(({ because }) => because).sort()).toEqual(['bad-signature', 'not-a-batch'])
    expect((await currentDesk(ada.core, ada.core.db.read)).policy.ccLimit).not.toBe(2)
    const carried = await ada.core.db.read.first<{ body: string }>(
      `SELECT body FROM journal_event WHERE id = 'future-event'`,
    )
    expect(JSON.parse(carried?.body ?? '')).toEqual({ kind: 'moon.landed', by: 7 })
  })

  it('bounds a clock that runs ahead by the server’s date', async () => {
    ada = await startDesk({ server, now: () => Date.now() + 24 * 3_600_000 })
    await feed(ada, [mail()])
    const { ticket } = await theTicket(ada)
    await changeTicket(ada.core, ticket.id, { do: 'setStatus', status: 'pending' })
    await ada.engine.journal.passOnce()
    const row = await ada.core.db.read.first<{ hlc: string }>(
      'SELECT max(hlc) AS hlc FROM journal_event',
    )
    expect(Number((row?.hlc ?? '').slice(0, 15))).toBeLessThan(Date.now() + 2_000)
  })

  it('notices a deleted folder and writes it again only when somebody says so', async () => {
    ada = await startDesk({ server })
    const before = (await ada.engine.journal.passOnce()).pushed
    await server.dovecot.doveadm('mailbox', 'delete', '-u', ada.account.address, 'Copydesk/Journal')
    expect(await ada.engine.journal.passOnce()).toEqual({ events: 0, pushed: 0 })
    expect(ada.engine.journal.status()).toMatchObject({ state: 'lost', lost: before })
    expect((await ada.engine.journal.rebuild()).pushed).toBe(before)
    expect(ada.engine.journal.status()).toMatchObject({ state: 'online', lost: 0 })
    expect((await ada.engine.journal.passOnce()).pushed).toBe(0)
  })

  it('notices single messages that somebody removed', async () => {
    ada = await startDesk({ server })
    await feed(ada, [mail()])
    await ada.engine.journal.passOnce()
    const { ticket } = await theTicket(ada)
    await changeTicket(ada.core, ticket.id, { do: 'setStatus', status: 'pending' })
    await ada.engine.journal.passOnce()
    await withImap(async (imap) => {
      await imap.openFolder('Copydesk/Journal')
      await imap.remove([(await imap.listUids({ from: 1 })).at(-1) ?? 0])
    })
    await ada.engine.journal.passOnce()
    expect(ada.engine.journal.status()).toMatchObject({ state: 'lost', lost: 1 })
    await ada.engine.journal.rebuild()
    expect(ada.engine.journal.status().state).toBe('online')
  })
})
