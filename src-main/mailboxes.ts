// The connected mailboxes as the way out: what is sent, filed and fetched for a ticket at an agent's wish.
import { AppError } from '#shared/ipc/errors'
import type { ServerTraits } from '#shared/model/sending'
import type { Account } from '#shared/model/account'
import {
  findAttachment,
  findLocation,
  saveAttachmentBytes,
  type StoredAttachment,
} from './db/messages'
import { getSetting } from './db/settings'
import type { Secrets } from './host'
import { useImap, type ImapAccess } from './inbox/useImap'
import { findSent } from './inbox/watch'
import { fileCopies } from './outbox/fileCopies'
import { runSelfTest } from './outbox/selfTest'
import { sendMail } from './mail/smtp'
import { settingsWithPassword } from './passwords'
import type { Core } from './tickets/core'
import { createWayOut } from './wayOut'

export interface MailboxOptions {
  readonly core: Core
  readonly secrets: Secrets
}

export type Mailboxes = ReturnType<typeof createMailboxes>

export function createMailboxes(options: MailboxOptions) {
  const { core, secrets } = options
  const { read, write } = core.db
  const stopped = new AbortController()

  const accounts = (): Promise<Account[]> => getSetting(read, 'accounts')

  const accountOf = async (id: string): Promise<Account> => {
    const account = (await accounts()).find((a) => a.id === id)
    if (account !== undefined) return account
    throw new AppError('not-found', 'This mailbox is not connected any more: set it up again.', {
      because: 'mailbox-gone',
    })
  }

  const imapOf = (account: Account): ImapAccess => ({
    settings: () => settingsWithPassword(secrets, account, 'imap'),
    signal: stopped.signal,
  })

  return {
    accounts,
    account: accountOf,
    /** An account with its passwords. @throws AppError `auth` while they are not known */
    settings: async (accountId: string) => {
      const account = await accountOf(accountId)
      const imap = await settingsWithPassword(secrets, account, 'imap')
      const smtp = await settingsWithPassword(secrets, account, 'smtp')
      if (imap !== null && smtp !== null) return { account, imap, smtp }
      throw new AppError('auth', 'The password is not known here: enter it first.', {
        because: 'password-needed',
      })
    },
    ...createWayOut(core, secrets, accountOf, stopped.signal),
    selfTest: async (accountId: string, patience?: number): Promise<ServerTraits> => {
      const account = await accountOf(accountId)
      const settings = await settingsWithPassword(secrets, account, 'smtp')
      if (settings === null)
        throw new AppError('auth', 'Enter the password to connect.', { because: 'password-needed' })
      const { address } = account
      return runSelfTest(core, {
        account,
        send: (bytes) =>
          sendMail(
            settings,
            { envelope: { from: address, to: [address] }, bytes },
            { signal: stopped.signal },
          ),
        useImap: (work) => useImap(imapOf(account), work),
        ...(patience === undefined ? {} : { patience }),
      })
    },
    /** The receipts of sent mails become their copies in Sent. */
    fileCopies: async (accountId: string): Promise<void> => {
      const account = await accountOf(accountId)
      await fileCopies(core, accountId, (work) =>
        useImap(imapOf(account), (imap, folders) => work(imap, findSent(folders))),
      )
    },
    /** An attachment with its bytes: from here, else from the server, once. */
    attachment: async (id: string): Promise<StoredAttachment & { bytes: Buffer }> => {
      const found = await findAttachment(read, id)
      if (found === undefined)
        throw new AppError('not-found', 'There is no such attachment.', { because: 'no-such-file' })
      if (found.bytes !== null) return { ...found, bytes: found.bytes }
      const place = await findLocation(read, found.messageId)
      if (place === undefined) {
        throw new AppError('not-found', 'This attachment is not on the server any more.', {
          because: 'no-such-file',
        })
      }
      const bytes = await useImap(imapOf(await accountOf(place.accountId)), async (imap) => {
        const folder = await imap.openFolder(place.folder)
        if ((folder.uidValidity ?? '0') === place.uidValidity) {
          return imap.fetchPart(place.uid, found.partId, found.encoding)
        }
        throw new AppError(
          'not-found',
          'The server has renumbered this folder: sync, then try again.',
        )
      })
      await write('attachments.keep', (tx) => saveAttachmentBytes(tx, id, bytes))
      return { ...found, bytes }
    },
    /** Cuts the connections that are open, and lets nothing more through. */
    stop: (): void => {
      stopped.abort()
    },
  }
}
