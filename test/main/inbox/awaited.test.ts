// What a colleague has answered is here with its text at once, although its mail only passes through INBOX.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, it } from 'vitest'
import { getBytes, listItemsOf } from '#main/db/outbox'
import { queueReply } from '#main/outbox/queueComment'
import { aMail, theTicket } from '#support/feedMails'
import { joinDesk } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer } from '#support/startDesk'

let server: MailServer
beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})

async function until(is: () => Promise<boolean>, what: string): Promise<void> {
  const from = performance.now()
  while (!(await is())) {
    // Much sooner than the usual poll of two minutes.
    if (performance.now() - from > 25_000) throw new Error(`never came: ${what}`)
    await delay(30)
  }
}

it('looks for the mail of a reply that the journal tells of, though INBOX says nothing', async () => {
  const ada = await startDesk({ server })
  const { address } = ada.account
  await server.inject(address, 'INBOX', [
    aMail({ from: 'Carol <carol@customer.test>', to: address, subject: 'Printer', text: 'Fire.' }),
  ])
  await ada.engine.syncOnce()
  const ben = await joinDesk(ada, { server })
  await ben.engine.syncOnce()
  await ben.engine.start()
  const { id } = (await theTicket(ada)).ticket
  await queueReply(ada.core, {
    id: 'reply-number-1',
    ticketId: id,
    visibility: 'public',
    text: 'Put it out.',
    audience: [],
    seenRevision: null,
    status: null,
  })
  // Ada's outbox rests: only what this test does happens.
  await ada.engine.journal.passOnce()
  const replies = async () => (await theTicket(ben)).comments.filter(({ kind }) => kind === 'reply')
  await until(async () => (await replies()).length === 1, 'the reply without its mail')
  const [item] = await listItemsOf(ada.core.db.read, id)
  const bytes = await getBytes(ada.core.db.read, item?.id ?? '')
  await server.inject(address, 'Sent', [bytes])
  await until(async () => ((await replies())[0]?.mailId ?? null) !== null, 'its mail')
  await ben.stop()
  await ada.stop()
})
