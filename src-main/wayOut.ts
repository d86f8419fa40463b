// The way out of each account: its SMTP server, with the support mailbox as a further recipient for the receipt.
import type { Account } from '#shared/model/account'
import { say } from '#shared/rules/sayings'
import type { Secrets } from './host'
import { log } from './log'
import { sendMail } from './mail/smtp'
import type { Send } from './outbox/deliver'
import { findTerms, learnTraits } from './outbox/terms'
import { settingsWithPassword } from './passwords'
import type { Core } from './tickets/core'

export interface WayOut {
  /** False while the account's password is not known. */
  readonly canSend: (accountId: string) => Promise<boolean>
  readonly send: Send
}

/** @param signal aborted when the desk ends: a conversation that goes on is cut */
export function createWayOut(
  core: Core,
  secrets: Secrets,
  accountOf: (id: string) => Promise<Account>,
  signal?: AbortSignal,
): WayOut {
  return {
    canSend: async (accountId) =>
      (await settingsWithPassword(secrets, await accountOf(accountId), 'smtp')) !== null,
    send: async (item, bytes, { wantsReceipt, onHeard }) => {
      const account = await accountOf(item.accountId)
      const settings = await settingsWithPassword(secrets, account, 'smtp')
      if (settings === null) {
        return { outcome: 'retry', reply: say('waits-for-password'), refused: [] }
      }
      const receipt = wantsReceipt ? account.address : null
      const onGreeted = (offer: { maxSize: number; hasSmtpUtf8: boolean }): void => {
        learnTraits(core.db, account.id, offer).catch((error: unknown) => {
          log.error('outbox', 'traits not kept', { error })
        })
      }
      // RFC 3834 §3.3: what answers an automatic reply must find nobody to answer.
      const from = item.kind === 'acknowledgement' ? '' : account.address
      const envelope = { from, to: [...item.envelope], receipt }
      const { replyTimeoutMs: replyTimeout } = (await findTerms(core.db.read, account.id)).settings
      return sendMail(settings, { envelope, bytes }, { onHeard, onGreeted, replyTimeout, signal })
    },
  }
}
