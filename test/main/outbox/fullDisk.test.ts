// A disk that takes no more page, and a profile that cannot be written: SQLite's own refusals, on the real database. What was
// written before stays, and the agent is told in one sentence.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScheduleInput } from '#shared/ipc/contract'
import { findDraft, saveDraft } from '#main/db/drafts'
import { listItems } from '#main/db/outbox'
import type { WriteFunction } from '#main/db/write'
import { createBulk } from '#main/outbox/bulk'
import { queueReply } from '#main/outbox/queueComment'
import { scheduleReply, viewScheduled } from '#main/outbox/scheduled'
import { undoReply } from '#main/outbox/undo'
import type { Core } from '#main/tickets/core'
import { aMail, detailOf, failure, feed, theTicket } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
let id: string
const long = `Long words. ${'More of them, and no two lines are alike: '.repeat(2_000)}`

beforeEach(async () => {
  desk = await startDesk()
  const raw = aMail({ from: 'carol@customer.test', to: desk.account.address, subject: 'Lamp' })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  id = (await theTicket(desk)).ticket.id
})
afterEach(async () => {
  await desk.stop()
})

const states = [
  {
    what: 'a full disk',
    begin: 'max_page_count = 1',
    end: 'max_page_count = 1000000',
    says: 'The disk is full: nothing was changed. Free some space and try again.',
    because: 'disk-full',
  },
  {
    what: 'a profile that cannot be written',
    begin: 'query_only = ON',
    end: 'query_only = OFF',
    says: 'The profile folder cannot be written: check its permissions and try again.',
    because: 'profile-read-only',
  },
]

describe.each(states)('$what', ({ begin, end, says, because }) => {
  /** The desk on a disk in this state: the database itself refuses what is written. */
  function onBadDisk(): Core {
    const write: WriteFunction = (name, work, options) =>
      desk.core.db.write(
        name,
        async (tx) => {
          await tx.run(`PRAGMA ${begin}`)
          try {
            return await work(tx)
          } finally {
            await tx.run(`PRAGMA ${end}`)
          }
        },
        options,
      )
    return { ...desk.core, db: { ...desk.core.db, write } }
  }

  async function refuses(work: (core: Core) => Promise<unknown>): Promise<void> {
    expect(await failure(work(onBadDisk()))).toMatchObject({
      code: 'refused',
      message: says,
      detail: { because },
    })
  }

  const save = (text: string, core = desk.core) =>
    core.db.write('drafts.save', (tx) =>
      saveDraft(tx, { ticketId: id, mode: 'public', text, seenRevision: null }, Date.now()),
    )
  const draft = async () => (await findDraft(desk.core.db.read, id, 'public'))?.text
  const reply = (undoMs = 0) => ({
    ...{ id: 'reply-1', ticketId: id, visibility: 'public' as const, text: long, audience: [] },
    ...{ seenRevision: null, status: null, undoMs },
  })
  const comments = async () => (await detailOf(desk, id)).comments.length

  it('keeps the draft as it was last saved', async () => {
    await save('Saved before.')
    await refuses((core) => save(long, core))
    expect(await draft()).toBe('Saved before.')
    await save(long)
    expect(await draft()).toBe(long)
  })

  it('queues nothing of a reply and keeps its draft; later it goes once', async () => {
    await save(long)
    await refuses((core) => queueReply(core, reply(), { isFromDraft: true }))
    expect([await listItems(desk.core.db.read), await comments(), await draft()]).toEqual([
      [],
      1,
      long,
    ])
    await queueReply(desk.core, reply(), { isFromDraft: true })
    expect((await listItems(desk.core.db.read)).map(({ state }) => state)).toEqual(['queued'])
    expect([await comments(), await draft()]).toEqual([2, undefined])
  })

  it('leaves a reply where it is when it cannot be taken back; later it can', async () => {
    await queueReply(desk.core, reply(60_000))
    await refuses((core) => undoReply(core, 'reply-1'))
    expect((await listItems(desk.core.db.read)).map(({ state }) => state)).toEqual(['queued'])
    expect(await draft()).toBeUndefined()
    await undoReply(desk.core, 'reply-1')
    expect((await listItems(desk.core.db.read)).map(({ state }) => state)).toEqual(['cancelled'])
    expect(await draft()).toBe(long)
  })

  it('schedules nothing, and begins no bulk reply', async () => {
    const later: ScheduleInput = {
      ...{ ...reply(), html: null, sendAt: Date.now() + 3_600_000, onlyIfQuiet: true },
    }
    await refuses((core) => scheduleReply(core, later))
    expect(await viewScheduled(desk.core)).toEqual([])
    const many = { id: 'bulk-reply-1', ticketIds: [id], text: long, status: null }
    await refuses((core) => createBulk(core).begin(many))
    const bulk = createBulk(desk.core)
    expect([await bulk.interrupted(), await listItems(desk.core.db.read)]).toEqual([[], []])
    await bulk.run(many)
    expect(await listItems(desk.core.db.read)).toHaveLength(1)
  })
})
