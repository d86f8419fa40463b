// Which mails may show pictures from the internet: chosen per mail or per sender, kept on this desktop.
import type { ImageScope } from '#shared/ipc/contract'
import { canonicalAddress } from '#shared/rules/address'
import { findMessage } from '../db/messages'
import { getSetting, saveSetting } from '../db/settings'
import type { Reader } from '../db/write'
import type { Core } from './core'

const most = 1_000

export interface ImageChoice {
  readonly isChosen: boolean
  /** Whose mails can be chosen as a whole; null where From is not to be believed. */
  readonly sender: string | null
}

/** A sender's choice holds for mail that may well be theirs, not for what failed the check. */
async function believedSender(db: Reader, mailId: string): Promise<string | null> {
  const fact = (await findMessage(db, mailId))?.fact
  if (fact === undefined || !fact.isFromSound || fact.from.address === '') return null
  const row = await db.first<{ trust: string }>(
    `SELECT data ->> '$.trust' AS trust FROM comment
     WHERE ticketId = (SELECT ticketId FROM message WHERE id = ?1) AND data ->> '$.mailId' = ?1`,
    [mailId],
  )
  return row?.trust === 'failed' ? null : canonicalAddress(fact.from.address)
}

export async function imageChoice(db: Reader, mailId: string): Promise<ImageChoice> {
  const { mails, senders } = await getSetting(db, 'remoteImages')
  const sender = await believedSender(db, mailId)
  const isChosen = mails.includes(mailId) || (sender !== null && senders.includes(sender))
  return { isChosen, sender }
}

const withNewest = (list: readonly string[], one: string): string[] =>
  [...list.filter((each) => each !== one), one].slice(-most)
const without = (list: readonly string[], one: string | null): string[] =>
  list.filter((each) => each !== one)

/** `never` takes back both: for this mail and for its sender. */
export async function chooseImages(core: Core, mailId: string, scope: ImageScope): Promise<void> {
  await core.db.write('images.choose', async (tx) => {
    const { mails, senders } = await getSetting(tx, 'remoteImages')
    const sender = await believedSender(tx, mailId)
    const next = {
      mail: { mails: withNewest(mails, mailId), senders },
      sender: { mails, senders: sender === null ? senders : withNewest(senders, sender) },
      never: { mails: without(mails, mailId), senders: without(senders, sender) },
    }
    await saveSetting(tx, 'remoteImages', next[scope])
  })
}
