import { z } from 'zod'
import { account, agentProfile } from '#shared/model/account'
import { preferences } from '#shared/model/preferences'
import { sendingSettings, serverTraits } from '#shared/model/sending'
import { bulkInput } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Reader, Writer } from './write'

/** Every stored preference with its schema: what is in the file is checked on the way out. */
const settings = {
  accounts: z.array(account),
  agent: agentProfile.nullable(),
  /** This installation's id: the last tie-breaker of the clock. */
  device: z.string(),
  /** Newest clock value ever issued or seen here. */
  hlc: z.string(),
  /** Up to which `message.seq` the full-text index is built. */
  indexedSeq: z.number(),
  preferences,
  /** Ids of conflicts that the agent has seen and put away. */
  dismissedConflicts: z.array(z.string()),
  /** Whose pictures from the internet are shown: ids of mails, canonical addresses; the newest last. */
  remoteImages: z.object({ mails: z.array(z.string()), senders: z.array(z.string()) }),
  /** By account id. */
  sending: z.record(z.string(), sendingSettings),
  traits: z.record(z.string(), serverTraits),
  /** Bulk replies that have begun and not ended. */
  bulkReplies: z.array(bulkInput),
}
type Settings = typeof settings
type SettingKey = keyof Settings

const fallbacks: { [K in SettingKey]: z.output<Settings[K]> } = {
  accounts: [],
  agent: null,
  device: '',
  hlc: '',
  indexedSeq: 0,
  preferences: preferences.parse({}),
  dismissedConflicts: [],
  remoteImages: { mails: [], senders: [] },
  sending: {},
  traits: {},
  bulkReplies: [],
}

/** @throws AppError `internal` when the stored value is damaged */
export async function getSetting<K extends SettingKey>(
  db: Reader,
  key: K,
): Promise<z.output<Settings[K]>> {
  const row = await db.first<{ value: string }>('SELECT value FROM setting WHERE key = ?', [key])
  if (row === undefined) return fallbacks[key]
  const parsed = settings[key].safeParse(JSON.parse(row.value))
  if (!parsed.success) {
    throw new AppError('internal', `The stored setting "${key}" is damaged: run setup again.`)
  }
  return parsed.data as z.output<Settings[K]>
}

export async function saveSetting<K extends SettingKey>(
  tx: Writer,
  key: K,
  value: z.output<Settings[K]>,
): Promise<void> {
  await tx.run(
    'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    [key, JSON.stringify(value)],
  )
}
