// Where the journal lies: `Copydesk/Journal` in the desk's mailbox.
import type { ImapConnection } from '../mail/imap'
import type { FolderInfo } from '../mail/types'

const segments = ['Copydesk', 'Journal']

/** The journal folder among these, under whatever delimiter and namespace the server uses (RFC 3501 §5.1). */
export function journalAmong(folders: readonly FolderInfo[]): string | undefined {
  const found = folders.find(({ path, delimiter, canSelect }) => {
    const names = delimiter === null ? [path] : path.split(delimiter)
    const last = names.slice(-segments.length).map((name) => name.toLowerCase())
    // Some servers keep every folder below INBOX; that prefix is theirs, not ours.
    const isOurs = last.join('/') === segments.join('/').toLowerCase()
    return canSelect && isOurs && names.length <= segments.length + 1
  })
  return found?.path ?? folders.find(({ path }) => path.toLowerCase() === 'copydesk-journal')?.path
}

export async function findJournal(imap: ImapConnection): Promise<string | undefined> {
  return journalAmong(await imap.listFolders())
}

/** Makes the folder; on a server without hierarchy it has a flat name. */
export async function createJournal(imap: ImapConnection): Promise<string> {
  const isFlat = (await imap.listFolders()).every((folder) => folder.delimiter === null)
  return (await imap.createFolder(isFlat ? 'Copydesk-Journal' : segments)).path
}
