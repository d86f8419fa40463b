// What one desktop sends another can explain: who got which mail, who did not and why (participants.md §5).
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { ticketDetail } from '#shared/ipc/contract'
import { createEngine, type Engine } from '#main/engine'
import { queueNote, queueReply } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import { currentDesk } from '#main/tickets/core'
import { getDetail } from '#main/tickets/detail'
import { explainPerson } from '#main/tickets/explainPerson'
import type { Viewer } from '#main/tickets/views'
import { aMail, detailOf, theTicket } from '#support/feedMails'
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

async function openBen(): Promise<Engine> {
  const profile = await temporaryProfile()
  const engine = await createEngine({ profile, secrets: memorySecrets() })
  ben = { engine, profile }
  const address = ada.account.address
  const box = { address, aliases: [], name: 'Desk' }
  await engine.setUp({
    account: {
      ...box,
      imap: { ...server.imapSettings(address), password: 'pass' },
      smtp: { ...server.smtpSettings(address), password: 'pass' },
    },
    agent: { name: 'Ben', address: 'ben@desk.test', role: 'agent' },
    preset: null,
    policy: {},
    directory: [],
  })
  return engine
}

const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const erin = 'erin@customer.test'

const reply = {
  visibility: 'public' as const,
  audience: [],
  seenRevision: null,
  status: null,
}

it('tells on every desktop who got a mail and why somebody did not', async () => {
  ada = await startDesk({ server })
  await server.inject(ada.account.address, 'INBOX', [
    aMail({
      from: `Carol <${carol}>`,
      to: ada.account.address,
      cc: [dave, erin],
      subject: 'Printer',
      messageId: '<elsewhere@customer.test>',
    }),
  ])
  await ada.engine.syncOnce()
  const { id } = (await theTicket(ada)).ticket
  await changeTicket(ada.core, id, { do: 'muteCc', address: dave })
  const more = { ticketId: id, html: null, attachmentIds: [] }
  await queueReply(ada.core, { ...more, ...reply, id: 'reply-far', text: 'Use water.' })
  await changeTicket(ada.core, id, { do: 'removeCc', address: erin })
  await changeTicket(ada.core, id, { do: 'follow', address: 'ben@desk.test', level: 'public' })
  await queueNote(ada.core, { ...more, id: 'note-far', text: 'He does this often.' })
  await ada.engine.syncOnce()
  await ada.engine.syncOnce()

  const engine = await openBen()
  await engine.syncOnce()
  await engine.syncOnce()
  const { read } = engine.core.db
  const viewer: Viewer = {
    desk: await currentDesk(engine.core, read),
    agent: { name: 'Ben', address: 'ben@desk.test', role: 'agent' },
  }
  const there = await getDetail(read, viewer, id)
  const here = await detailOf(ada, id)
  const shown = ({ comments }: typeof here) =>
    comments.flatMap(({ deliveries }) =>
      deliveries.map(({ kind, to, cc, state, messageId, skipped }) => ({
        ...{ kind, state, messageId, skipped },
        to: to.map(({ address }) => address),
        cc: cc.map(({ address }) => address),
      })),
    )
  expect(shown(there)).toEqual(shown(here))
  expect(shown(here)).toMatchObject([{ kind: 'public', to: [carol], cc: [], state: 'sent' }])
  // As the window takes it: an answer that breaks the contract is none.
  expect(ticketDetail.safeParse(there).error?.issues ?? []).toEqual([])
  const flags = there.comments.flatMap(({ deliveries }) => deliveries.map((d) => d.isElsewhere))
  expect(flags).toEqual([true])

  for (const address of [carol, dave, erin, 'ben@desk.test']) {
    const why = async (db: typeof read) => {
      const { mails, ...rest } = await explainPerson(db, viewer, { id, address })
      // Which desktop has sent it is all that may differ.
      const fates = mails.map(({ fate, ...more }) => ({
        ...more,
        fate: 'isElsewhere' in fate ? { ...fate, isElsewhere: null } : fate,
      }))
      return { ...rest, fates }
    }
    expect(await why(read)).toEqual(await why(ada.core.db.read))
  }
  const { mails } = await explainPerson(read, viewer, { id, address: dave })
  expect(mails.find(({ sourceId }) => sourceId === 'reply-far')?.sentence).toBe(
    'Got no mail: Muted.',
  )
  const told = await explainPerson(read, viewer, { id, address: 'ben@desk.test' })
  expect(told.mails.find(({ sourceId }) => sourceId === 'note-far')?.sentence).toBe(
    'Got no mail: Follows public comments only.',
  )
})

it('does not claim that a mail has gone which still waits on another desktop', async () => {
  ada = await startDesk({ server })
  await server.inject(ada.account.address, 'INBOX', [
    aMail({ from: carol, to: ada.account.address, messageId: '<waits@customer.test>' }),
  ])
  await ada.engine.syncOnce()
  const { id } = (await theTicket(ada)).ticket
  const text = { ticketId: id, text: 'Soon.', html: null, attachmentIds: [] }
  await queueReply(ada.core, { ...reply, ...text, id: 'reply-waits', undoMs: 3_600_000 })
  await ada.engine.syncOnce()
  const engine = await openBen()
  await engine.syncOnce()
  const { read } = engine.core.db
  const viewer: Viewer = {
    desk: await currentDesk(engine.core, read),
    agent: { name: 'Ben', address: 'ben@desk.test', role: 'agent' },
  }
  const { mails } = await explainPerson(read, viewer, { id, address: carol })
  expect(mails.at(-1)?.sentence).toBe('On the public reply, in To; another desktop sends it.')
})
