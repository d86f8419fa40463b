// The desk's mailboxes and the accounts of this desktop that bring and send their mail.
import type { MailboxView } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, Mailbox } from '#shared/model/account'
import { findMailbox } from '#shared/rules/mailbox'
import { say } from '#shared/rules/sayings'
import { getSetting } from '../db/settings'
import type { Reader } from '../db/write'
import { currentDesk, type Core } from './core'

function accountOf(accounts: readonly Account[], box: Mailbox): Account | undefined {
  const address = box.account ?? box.address
  return accounts.find((account) => account.address === address)
}

/** Every mailbox of the desk, and whether this desktop can send from it. */
export async function listMailboxes(core: Core, db: Reader): Promise<MailboxView[]> {
  const [desk, accounts] = [await currentDesk(core, db), await getSetting(db, 'accounts')]
  return desk.mailboxes.map((box) => ({ ...box, accountId: accountOf(accounts, box)?.id ?? null }))
}

/** A mailbox whose account is connected here. */
export interface OpenMailbox {
  readonly mailbox: Mailbox
  readonly accountId: string
}

/**
 * The mailbox to write from: the one with this address, or where the desk has none such, the first of this desktop.
 * @throws AppError `refused` when it is not connected here: nobody is answered from another address than they wrote to
 */
export async function openMailbox(
  core: Core,
  db: Reader,
  address: string | null,
): Promise<OpenMailbox> {
  const accounts = await getSetting(db, 'accounts')
  const [first] = accounts
  if (first === undefined) {
    throw new AppError('refused', say('no-mailbox-yet'))
  }
  const desk = await currentDesk(core, db)
  const wanted = address === null ? undefined : findMailbox(desk, address)
  const mailbox = wanted ??
    findMailbox(desk, first.address) ?? {
      address: first.address,
      aliases: first.aliases,
      name: first.name,
      signature: '',
      group: null,
      account: null,
    }
  const account = accountOf(accounts, mailbox)
  if (account !== undefined) return { mailbox, accountId: account.id }
  throw new AppError(
    'refused',
    `Mail of this ticket leaves from ${mailbox.address}, which is not connected on this computer: connect it in the settings.`,
    { mailbox: mailbox.address, because: 'mailbox-elsewhere' },
  )
}
