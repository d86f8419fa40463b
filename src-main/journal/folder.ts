// Where the desk's shared state lies: `Copydesk/Journal` and `Copydesk/Presence` in the desk's mailbox.
import type { ImapConnection } from '../mail/imap'
import type { FolderInfo } from '../mail/types'

export type DeskFolder = 'Journal' | 'Presence'

const parent = 'Copydesk'

/** The desk's folder among these, under whatever delimiter and namespace the server uses (RFC 3501 §5.1). */
function deskFolderAmong(folders: readonly FolderInfo[], folder: DeskFolder): string | undefined {
  const segments = [parent, folder]
  const found = folders.find(({ path, delimiter, canSelect }) => {
    const names = delimiter === null ? [path] : path.split(delimiter)
    const last = names.slice(-segments.length).map((name) => name.toLowerCase())
    // Some servers keep every folder below INBOX; that prefix is theirs, not ours.
    const isOurs = last.join('/') === segments.join('/').toLowerCase()
    return canSelect && isOurs && names.length <= segments.length + 1
  })
  const flat = segments.join('-').toLowerCase()
  return found?.path ?? folders.find(({ path }) => path.toLowerCase() === flat)?.path
}

export async function findDeskFolder(
  imap: ImapConnection,
  folder: DeskFolder,
): Promise<string | undefined> {
  return deskFolderAmong(await imap.listFolders(), folder)
}

/** Makes the folder; on a server without hierarchy it has a flat name. */
export async function createDeskFolder(imap: ImapConnection, folder: DeskFolder): Promise<string> {
  const isFlat = (await imap.listFolders()).every(({ delimiter }) => delimiter === null)
  return (await imap.createFolder(isFlat ? `${parent}-${folder}` : [parent, folder])).path
}

export async function findJournal(imap: ImapConnection): Promise<string | undefined> {
  return findDeskFolder(imap, 'Journal')
}

export async function createJournal(imap: ImapConnection): Promise<string> {
  return createDeskFolder(imap, 'Journal')
}
