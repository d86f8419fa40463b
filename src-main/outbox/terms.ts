// How an account sends: its settings, and what has been learned of its server.
import {
  receiptWaitOf,
  sendingSettings,
  serverTraits,
  type SendingSettings,
  type ServerTraits,
} from '#shared/model/sending'
import { getSetting, saveSetting } from '../db/settings'
import type { Reader, WriteFunction } from '../db/write'

export interface Terms {
  readonly settings: SendingSettings
  readonly traits: ServerTraits
  /** ms */
  readonly receiptWait: number
  readonly wantsReceipt: boolean
}

export async function findTerms(db: Reader, accountId: string): Promise<Terms> {
  const settings = (await getSetting(db, 'sending'))[accountId] ?? sendingSettings.parse({})
  const traits = (await getSetting(db, 'traits'))[accountId] ?? serverTraits.parse({})
  return {
    settings,
    traits,
    receiptWait: receiptWaitOf(settings, traits),
    // A server that is known not to deliver it would only refuse or drop the copy.
    wantsReceipt: traits.deliversReceipt !== false,
  }
}

/** Remembers what was learned of a server; nothing is written where nothing is new. */
export async function learnTraits(
  { read, write }: { read: Reader; write: WriteFunction },
  accountId: string,
  news: Partial<ServerTraits>,
): Promise<void> {
  const { traits } = await findTerms(read, accountId)
  const keys = Object.keys(news) as (keyof ServerTraits)[]
  if (keys.every((key) => traits[key] === news[key])) return
  await write('outbox.learn', async (tx) => {
    const all = await getSetting(tx, 'traits')
    const known = all[accountId] ?? serverTraits.parse({})
    await saveSetting(tx, 'traits', { ...all, [accountId]: { ...known, ...news } })
    tx.changed('session', 'session')
  })
}

export async function saveSendingSettings(
  { write }: { write: WriteFunction },
  accountId: string,
  settings: SendingSettings,
): Promise<void> {
  await write('outbox.settings', async (tx) => {
    const all = await getSetting(tx, 'sending')
    await saveSetting(tx, 'sending', { ...all, [accountId]: settings })
    tx.changed('session', 'session')
  })
}
