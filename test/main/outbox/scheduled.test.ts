// Replies for later on two desktops that share nothing but a mailbox on real servers: exactly one sends, when the other is
// shut, when both are awake, and when one dies in the middle.
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ScheduleInput } from '#shared/ipc/contract'
import { findDraft, saveDraft } from '#main/db/drafts'
import { listDueDuties } from '#main/db/duties'
import { getBytes, listItems } from '#main/db/outbox'
import { listStaged } from '#main/db/stagedFiles'
import { createEngine, type Engine } from '#main/engine'
import { createOutbox } from '#main/outbox/run'
import {
  performScheduled,
  scheduleReply,
  unscheduleReply,
  viewScheduled,
} from '#main/outbox/scheduled'
import { stageFile } from '#main/outbox/stageFile'
import { saveSendingSettings } from '#main/outbox/terms'
import { undoReply } from '#main/outbox/undo'
import { changeTicket } from '#main/tickets/commands'
import { createWayOut } from '#main/wayOut'
import { detailOf, failure } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import {
  memorySecrets,
  startDesk,
  startDeskServer,
  temporaryProfile,
  type Desk,
} from '#support/startDesk'

const lease = 6_000
let server: MailServer
let ada: Desk
let ben: Engine
let benProfile: string
let clock = 0
let run = 0
const now = (): number => Date.now() + clock

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
afterEach(async () => {
  clock = 0
  await ben.stop()
  await ada.stop()
  await rm(benProfile, { recursive: true, force: true })
})

async function openBen(): Promise<Engine> {
  benProfile = await temporaryProfile()
  const engine = await createEngine({
    profile: benProfile,
    secrets: memorySecrets(),
    now,
    leaseMs: lease,
  })
  const { address } = ada.account
  const account = await engine.setUp({
    account: {
      address,
      aliases: [],
      name: 'Desk',
      imap: { ...server.imapSettings(address), password: 'pass' },
      smtp: { ...server.smtpSettings(address), password: 'pass' },
    },
    agent: { name: 'Ben Bright', address: 'ben@desk.test', role: 'agent' },
    preset: null,
    policy: {},
    directory: [],
  })
  await saveSendingSettings(engine.core.db, account.id, {
    perMinute: 10_000,
    receiptWaitMs: 2_000,
    replyTimeoutMs: 600_000,
  })
  return engine
}

/** Both desktops know Carol's ticket, with Dave in Cc. */
async function open(): Promise<string> {
  run += 1
  ada = await startDesk({ server, now, receiptWaitMs: 2_000, leaseMs: lease })
  await server.deliver({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    cc: ['Dave <dave@customer.test>'],
    subject: `Later ${String(run)}`,
    text: 'Hello?',
  })
  await server.waitForMail(ada.account.address, (raw) => raw.includes(`Later ${String(run)}`))
  await ada.engine.syncOnce()
  ben = await openBen()
  await ben.syncOnce()
  const row = await ada.core.db.read.first<{ id: string }>('SELECT id FROM ticket')
  return row?.id ?? ''
}

const words = (): string => `Good morning, number ${String(run)}.`
const later = (ticketId: string, more: Partial<ScheduleInput> = {}): ScheduleInput => ({
  id: `later-${String(run)}`,
  ticketId,
  visibility: 'public',
  text: words(),
  audience: [],
  seenRevision: null,
  status: null,
  sendAt: now() + 3_600_000,
  onlyIfQuiet: true,
  ...more,
})
const hour = (): void => {
  clock = 3_700_000
}
const mailsOf = async (user: string): Promise<string[]> =>
  (await server.mailbox(user)).filter((raw) => raw.includes(words()))
const carol = () => mailsOf('carol@customer.test')
const dave = () => mailsOf('dave@customer.test')
const shares = async (): Promise<void> => {
  await ada.engine.journal.passOnce()
  await ben.journal.passOnce()
}
const mailFromCarol = async (text: string): Promise<void> => {
  const [first] = await server.mailbox(ada.account.address)
  const id = /^Message-ID: (<[^>]+>)/im.exec(first ?? '')?.[1] ?? ''
  await server.deliver({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    cc: ['Dave <dave@customer.test>'],
    subject: `Re: Later ${String(run)}`,
    text,
    headers: { 'In-Reply-To': id },
  })
  await server.waitForMail(ada.account.address, (raw) => raw.includes(text))
}

describe('a scheduled reply', () => {
  it('survives a restart and goes at its hour, once, to the people of that hour', async () => {
    const id = await open()
    await scheduleReply(ada.core, later(id))
    ada = await ada.reopen()
    expect(await ada.engine.syncOnce()).toMatchObject({ sent: 0 })
    expect(await viewScheduled(ada.core)).toMatchObject([{ state: 'waiting', isFromHere: true }])
    await changeTicket(ada.core, id, { do: 'removeCc', address: 'dave@customer.test' })
    // What is being written meanwhile is no part of it.
    await ada.core.db.write('test', (tx) =>
      saveDraft(tx, { ticketId: id, mode: 'public', text: 'Next.', seenRevision: null }, now()),
    )
    hour()
    await ada.engine.syncOnce()
    expect([(await carol()).length, (await dave()).length]).toEqual([1, 0])
    expect(await viewScheduled(ada.core)).toEqual([])
    expect((await findDraft(ada.core.db.read, id, 'public'))?.text).toBe('Next.')
  })

  it('is sent by another desktop in the name of its author, with its formats, while theirs is shut', async () => {
    const id = await open()
    const html = `<p>${words()}</p><ul><li><p><strong>one</strong></p></li></ul>`
    await scheduleReply(ada.core, later(id, { html }))
    await shares()
    hour()
    expect(await ben.syncOnce()).toMatchObject({ sent: 1 })
    const [raw = ''] = await carol()
    expect(raw).toMatch(/^From: (?:"?Ada Agent"?) </m)
    expect(raw).toContain('<strong>one</strong>')
    await ada.engine.syncOnce()
    await ben.syncOnce()
    expect([(await carol()).length, (await dave()).length]).toEqual([1, 1])
    const comment = (await detailOf(ada, id)).comments.at(-1)
    expect(comment?.author.address).toBe('ada@desk.test')
    expect((await ada.engine.hash()).digest).toBe((await ben.hash()).digest)
  })

  it('keeps its author, its formats and all else when somebody is taken off it before it leaves', async () => {
    const id = await open()
    const html = `<p>${words()}</p><ul><li><p><strong>one</strong></p></li></ul>`
    await scheduleReply(ada.core, later(id, { html }))
    await shares()
    hour()
    const [duty] = await listDueDuties(ben.core.db.read, now())
    if (duty === undefined) throw new Error('nothing is due')
    await performScheduled(ben.core, duty)
    const [item] = await listItems(ben.core.db.read)
    const planned = (await getBytes(ben.core.db.read, item?.id ?? '')).toString('latin1')
    await changeTicket(ben.core, id, { do: 'removeCc', address: 'dave@customer.test' })
    expect(await ben.syncOnce()).toMatchObject({ sent: 1 })
    const [raw = ''] = await carol()
    expect(await dave()).toEqual([])
    expect(raw).toMatch(/^From: (?:"?Ada Agent"?) </m)
    expect(raw).not.toContain('dave@customer.test')
    // What servers add stands above; of ours only To and Cc differ.
    const rest = (text: string) =>
      text.replaceAll('\r\n', '\n').replace(/^(?:To|Cc):.*\n(?:[ \t].*\n)*/gm, '')
    expect(rest(raw)).toContain(rest(planned).trimEnd())
  })

  it('goes once when both desktops are awake at its hour', async () => {
    const id = await open()
    await scheduleReply(ada.core, later(id))
    await shares()
    hour()
    await Promise.all([ada.engine.syncOnce(), ben.syncOnce()])
    await Promise.all([ada.engine.syncOnce(), ben.syncOnce()])
    expect([(await carol()).length, (await dave()).length]).toEqual([1, 1])
  })

  it('is held with the reason when somebody wrote meanwhile, and can be edited anywhere', async () => {
    const id = await open()
    await scheduleReply(ada.core, later(id))
    await shares()
    await mailFromCarol('It works now.')
    hour()
    expect(await ben.syncOnce()).toMatchObject({ sent: 0 })
    expect(await viewScheduled(ben.core)).toMatchObject([{ state: 'held', why: 'answered' }])
    await shares()
    expect(await viewScheduled(ada.core)).toMatchObject([{ state: 'held', why: 'answered' }])
    await unscheduleReply(ada.core, `later-${String(run)}`, true)
    await shares()
    expect(await viewScheduled(ben.core)).toEqual([])
    expect((await findDraft(ada.core.db.read, id, 'public'))?.text).toBe(words())
    expect(await carol()).toEqual([])
  })

  it('goes all the same where its author said so', async () => {
    const id = await open()
    await scheduleReply(ada.core, later(id, { onlyIfQuiet: false }))
    await mailFromCarol('It does not work.')
    hour()
    await ada.engine.syncOnce()
    expect(await carol()).toHaveLength(1)
  })

  it.each([
    ['is held, and its words and files come back', true],
    ['goes', false],
  ])(
    'that is queued while the mail server is away %s when somebody wrote before it could leave',
    async (_, onlyIfQuiet) => {
      const id = await open()
      const draft = { draftId: id, mode: 'public', isInline: false } as const
      const content = { name: 'plan.txt', type: 'text/plain', bytes: Buffer.from('the plan') }
      const file = await stageFile(ada.core, { ...draft, ...content })
      await scheduleReply(ada.core, later(id, { onlyIfQuiet, attachmentIds: [file.id] }))
      await shares()
      hour()
      const [duty] = await listDueDuties(ada.core.db.read, now())
      if (duty === undefined) throw new Error('nothing is due')
      await ada.engine.journal.claim([duty.key], lease)
      await performScheduled(ada.core, duty)
      await mailFromCarol('It works now.')
      await vi.waitFor(async () => {
        await ada.engine.syncOnce()
        const state = onlyIfQuiet ? 'failed' : 'sent'
        expect(await listItems(ada.core.db.read)).toMatchObject([{ state }])
      }, 20_000)
      expect(await carol()).toHaveLength(onlyIfQuiet ? 0 : 1)
      if (!onlyIfQuiet) return
      const [item] = await listItems(ada.core.db.read)
      expect(item?.held?.comments).toHaveLength(1)
      await undoReply(ada.core, item?.commentId ?? '')
      expect((await findDraft(ada.core.db.read, id, 'public'))?.text).toBe(words())
      expect(await listStaged(ada.core.db.read, id)).toMatchObject([{ name: 'plan.txt' }])
      expect(await ada.engine.syncOnce()).toMatchObject({ sent: 0 })
    },
  )

  it('is refused at once when there is news already', async () => {
    const id = await open()
    const error = await failure(scheduleReply(ada.core, later(id, { seenRevision: 0 })))
    expect(error).toMatchObject({ code: 'conflict' })
    expect(await viewScheduled(ada.core)).toEqual([])
  })

  it('with files is sent by the desktop that has them, and by no other', async () => {
    const id = await open()
    const file = await stageFile(ada.core, {
      draftId: id,
      mode: 'public',
      name: 'plan.txt',
      type: 'text/plain',
      bytes: Buffer.from('the plan'),
      isInline: false,
    })
    await scheduleReply(ada.core, later(id, { attachmentIds: [file.id] }))
    expect(await listStaged(ada.core.db.read, id)).toEqual([])
    await shares()
    expect(await viewScheduled(ben.core)).toMatchObject([{ fileCount: 1, isFromHere: false }])
    hour()
    expect(await ben.syncOnce()).toMatchObject({ sent: 0 })
    await ada.engine.syncOnce()
    const [raw = '', ...more] = await carol()
    expect(more).toEqual([])
    expect(raw).toContain('plan.txt')
  })

  it('that was taken back gives its files to the draft', async () => {
    const id = await open()
    const file = await stageFile(ada.core, {
      draftId: id,
      mode: 'public',
      name: 'plan.txt',
      type: 'text/plain',
      bytes: Buffer.from('the plan'),
      isInline: false,
    })
    await scheduleReply(ada.core, later(id, { attachmentIds: [file.id] }))
    await unscheduleReply(ada.core, `later-${String(run)}`, true)
    expect(await listStaged(ada.core.db.read, id)).toMatchObject([{ mode: 'public' }])
    hour()
    expect(await ada.engine.syncOnce()).toMatchObject({ sent: 0 })
  })

  it('that was taken back elsewhere leaves no file behind', async () => {
    const id = await open()
    const draft = { draftId: id, mode: 'public', isInline: false } as const
    const content = { name: 'plan.txt', type: 'text/plain', bytes: Buffer.from('the plan') }
    const count = async () => (await ada.core.db.read.all('SELECT 1 FROM staged_file')).length
    const file = await stageFile(ada.core, { ...draft, ...content })
    await scheduleReply(ada.core, later(id, { attachmentIds: [file.id] }))
    ada = await ada.reopen()
    await ada.engine.start()
    expect(await count()).toBe(1)
    await shares()
    await unscheduleReply(ben.core, `later-${String(run)}`, false)
    await ben.journal.passOnce()
    await ada.engine.journal.passOnce()
    ada = await ada.reopen()
    await ada.engine.start()
    expect(await count()).toBe(0)
  })

  it('taken back on one desktop is not sent by the other', async () => {
    const id = await open()
    await scheduleReply(ada.core, later(id))
    await shares()
    await unscheduleReply(ben.core, `later-${String(run)}`, false)
    await ben.journal.passOnce()
    hour()
    await ada.engine.syncOnce()
    expect(await carol()).toEqual([])
  })
})

describe('a desktop that dies over a scheduled reply', () => {
  /** Ada's desktop has the duty and queues its mails, and may hand them to the server; nobody hears of it. */
  async function begin(isSent: boolean): Promise<void> {
    const id = await open()
    await scheduleReply(ada.core, later(id, { sendAt: now() + 500 }))
    await shares()
    await delay(600)
    const [duty] = await listDueDuties(ada.core.db.read, now())
    if (duty === undefined) throw new Error('nothing is due')
    expect((await ada.engine.journal.claim([duty.key], lease)).mine.has(duty.key)).toBe(true)
    await performScheduled(ada.core, duty)
    expect((await listItems(ada.core.db.read)).map(({ state }) => state)).toEqual(['queued'])
    if (!isSent) return
    const outbox = createOutbox(ada.core, {
      accountIds: () => Promise.resolve([ada.account.id]),
      lookForReceipts: () => undefined,
      ...createWayOut(ada.core, ada.secrets, () => Promise.resolve(ada.account)),
    })
    expect(await outbox.flush()).toMatchObject({ sent: 1 })
    await server.waitForMail('carol@customer.test', (raw) => raw.includes(words()))
    await server.waitForMail(ada.account.address, (raw) => raw.includes(words()))
  }

  /** Passes until nothing is on its way any more; a lease that is nearly over is waited for. */
  async function settle(engine: Engine): Promise<void> {
    await vi.waitFor(
      async () => {
        await engine.syncOnce({ receiptMs: 5_000 })
        await engine.core.db.write('test.now', async (tx) => {
          await tx.run(`UPDATE outbox_item SET nextAt = 0 WHERE state = 'queued'`)
        })
        const items = await listItems(engine.core.db.read)
        expect(items.map(({ state }) => state)).toEqual(['sent'])
      },
      { timeout: 50_000, interval: 200 },
    )
  }

  it.each([
    ['after its mail has gone', true],
    ['before its mail has gone', false],
  ])(
    '%s is followed by another, and comes back, and each person has the mail once',
    async (_, isSent) => {
      await begin(isSent)
      // While the lease lasts nobody else touches it.
      expect(await ben.syncOnce({ receiptMs: 0 })).toMatchObject({ sent: 0 })
      await delay(lease + 2_500)
      await settle(ben)
      expect([(await carol()).length, (await dave()).length]).toEqual([1, 1])
      ada = await ada.reopen()
      await settle(ada.engine)
      expect((await listItems(ada.core.db.read)).map(({ state }) => state)).toEqual(['sent'])
      expect([(await carol()).length, (await dave()).length]).toEqual([1, 1])
    },
  )
})
