// The mailboxes that this desktop is connected to. What the desk knows of them is `mailbox.set`, an event.
import { AppError } from '#shared/ipc/errors'
import { getSetting, saveSetting } from '../db/settings'
import type { Core } from './core'

/**
 * Forgets an account of this desktop. Its mail and tickets stay; the desk keeps the mailbox.
 * @throws AppError `refused` for the last one, and while mail waits to leave through it
 */
export async function forgetAccount(core: Core, accountId: string): Promise<void> {
  await core.db.write('accounts.forget', async (tx) => {
    const accounts = await getSetting(tx, 'accounts')
    const rest = accounts.filter(({ id }) => id !== accountId)
    if (rest.length === accounts.length) {
      throw new AppError('not-found', 'This mailbox is not connected here any more.', {
        because: 'mailbox-gone',
      })
    }
    if (accounts[0]?.id === accountId && rest.length > 0) {
      throw new AppError(
        'refused',
        'The desk’s journal lies in this mailbox: without it this desktop would lose its colleagues.',
        { because: 'mailbox-has-journal' },
      )
    }
    if (rest.length === 0) {
      throw new AppError(
        'refused',
        'This is the only mailbox of this desktop: connect another one first.',
        { because: 'only-mailbox' },
      )
    }
    const waiting = await tx.first(
      `SELECT 1 FROM outbox_item WHERE accountId = ? AND state IN ('queued', 'sending', 'uncertain') LIMIT 1`,
      [accountId],
    )
    if (waiting !== undefined) {
      throw new AppError(
        'refused',
        'Mail still waits to leave through this mailbox: send or cancel it in the outbox first.',
        { because: 'mail-waits' },
      )
    }
    await saveSetting(tx, 'accounts', rest)
    tx.changed('session', 'session')
  })
}
