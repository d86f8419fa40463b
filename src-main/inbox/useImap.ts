import { AppError } from '#shared/ipc/errors'
import type { ServerSettings } from '#shared/model/account'
import { connectImap, type ImapConnection } from '../mail/imap'
import type { FolderInfo } from '../mail/types'

export interface ImapAccess {
  /** Null while the password is not known. */
  readonly settings: () => Promise<ServerSettings | null>
  readonly signal: AbortSignal
}

/** @throws AppError `auth` without a password, else what connecting throws */
export async function openImap({ settings, signal }: ImapAccess): Promise<ImapConnection> {
  const known = await settings()
  if (known === null)
    throw new AppError('auth', 'Enter the password to connect.', { because: 'password-needed' })
  return connectImap(known, { signal })
}

/** Runs work on a connection of its own, e.g. to fetch an attachment or to file a sent mail. */
export async function useImap<T>(
  access: ImapAccess,
  work: (imap: ImapConnection, folders: readonly FolderInfo[]) => Promise<T>,
): Promise<T> {
  const imap = await openImap(access)
  try {
    return await work(imap, await imap.listFolders())
  } finally {
    await imap.close()
  }
}
