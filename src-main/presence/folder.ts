// The presence folder as it is on the server: a handful of notes, one for each desktop that has a ticket open. A note is
// replaced by a newer one before it is removed, so that nobody vanishes in between.
import { newestNotes, serverAhead, type SeenNote } from '#shared/rules/presence'
import type { PresenceNote } from '#shared/model/presence'
import { createDeskFolder, findDeskFolder } from '../journal/folder'
import type { DeviceKey } from '../journal/signing'
import type { ImapConnection } from '../mail/imap'
import type { FetchedMail } from '../mail/types'
import { decodeNote, encodeNote, MAX_NOTE } from './note'

/** Notes of desktops that are gone are cleared away by whoever sees them, this many lives later. */
const livesKept = 10

export interface FolderOptions {
  readonly imap: ImapConnection
  readonly key: DeviceKey
  readonly mailbox: string
  readonly ttlMs: number
  readonly now: () => number
}

export type PresenceFolder = Awaited<ReturnType<typeof openPresenceFolder>>

/** Opens the folder, making it on first use. Throws what the connection throws. */
export async function openPresenceFolder({ imap, key, mailbox, ttlMs, now }: FolderOptions) {
  const path =
    (await findDeskFolder(imap, 'Presence')) ?? (await createDeskFolder(imap, 'Presence'))
  await imap.openFolder(path)
  const seen = new Map<number, SeenNote>()
  let ahead: number | null = null
  const serverNow = (): number => now() + (ahead ?? 0)

  const toSeen = ({ uid, internalAt: at, size, window }: FetchedMail): SeenNote => ({
    uid,
    at,
    note: size > MAX_NOTE ? null : decodeNote(window),
  })

  const read = async (): Promise<void> => {
    const uids = new Set(await imap.listUids({ from: 1 }))
    for (const uid of seen.keys()) if (!uids.has(uid)) seen.delete(uid)
    const fresh = [...uids].filter((uid) => !seen.has(uid))
    if (fresh.length === 0) return
    await imap.fetchWindows({ uids: fresh }, (batch) => {
      for (const mail of batch) {
        seen.set(mail.uid, toSeen(mail))
        ahead = serverAhead(ahead, mail.internalAt, now())
      }
    })
  }

  const isMine = ({ note }: SeenNote): boolean => note?.device === key.device

  const remove = async (notes: readonly SeenNote[]): Promise<void> => {
    if (notes.length === 0) return
    for (const { uid } of notes) seen.delete(uid)
    await imap.remove(notes.map(({ uid }) => uid))
  }

  return {
    seen: (): readonly SeenNote[] => [...seen.values()],
    serverNow,
    read,
    /** What this desktop said before, and what was left by desktops long gone. */
    tidy: async (): Promise<void> => {
      const newest = new Set(newestNotes(seen.values()))
      const old = serverNow() - livesKept * ttlMs
      await remove(
        [...seen.values()].filter((one) => (isMine(one) ? !newest.has(one) : one.at < old)),
      )
    },
    say: async (note: PresenceNote): Promise<void> => {
      await imap.append(path, encodeNote(note, key, mailbox), ['\\Seen'])
    },
    /** Takes back whatever this desktop has said. */
    withdraw: async (): Promise<void> => {
      await read()
      await remove([...seen.values()].filter(isMine))
    },
  }
}
