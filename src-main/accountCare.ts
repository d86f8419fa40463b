// An account's servers: found, tried, given another password, forgotten.
import type { CheckResult } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { AccountInput } from '#shared/model/account'
import type { Secrets } from './host'
import { lookAtDesk } from './journal/join'
import { findServers } from './mail/findServers'
import { testImap } from './mail/imap'
import { testSmtp } from './mail/smtp'
import type { Mailboxes } from './mailboxes'
import { hidePasswords, savePasswords } from './passwords'
import type { createSync } from './sync/sync'
import { forgetAccount } from './tickets/accounts'
import type { Core } from './tickets/core'

async function checkServer(test: () => Promise<unknown>): Promise<CheckResult> {
  try {
    await test()
    return { isOk: true, field: 'none', message: '' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const fields = ['host', 'port', 'security', 'user', 'password', 'certificate'] as const
    const field = fields.find((name) => name === error.detail['field']) ?? 'none'
    return { isOk: false, field, message: error.message }
  }
}

/** Tries both servers as they are given, and says which field is wrong. */
export async function checkServers(
  input: AccountInput,
): Promise<{ imap: CheckResult; smtp: CheckResult }> {
  hidePasswords(input)
  const [imap, smtp] = await Promise.all([
    checkServer(() => testImap(input.imap)),
    checkServer(() => testSmtp(input.smtp)),
  ])
  return { imap, smtp }
}

/** Connections of this desktop after the first run: tried, given another password, forgotten. */
export function accountCare(parts: {
  readonly core: Core
  readonly secrets: Secrets
  readonly mailboxes: Mailboxes
  readonly sync: Pick<ReturnType<typeof createSync>, 'forget'>
  readonly wake: () => void
}) {
  const { core, secrets, mailboxes, sync, wake } = parts
  return {
    findServers: (address: string) => findServers(address),
    lookAtDesk: (input: AccountInput) => {
      hidePasswords(input)
      return lookAtDesk(input.imap, core.now)
    },
    /** Tries an account of this desktop with the password it has. */
    checkAccount: async (accountId: string) => {
      const { account, imap, smtp } = await mailboxes.settings(accountId)
      return checkServers({ ...account, imap, smtp })
    },
    /** Tries the new password, and keeps it only if both servers take it. */
    changePassword: async (accountId: string, password: string) => {
      const account = await mailboxes.account(accountId)
      const imap = { ...account.imap, password }
      const smtp = { ...account.smtp, password }
      const results = await checkServers({ ...account, imap, smtp })
      if (!results.imap.isOk || !results.smtp.isOk) return results
      await savePasswords(secrets, accountId, { imap, smtp })
      wake()
      return results
    },
    removeAccount: async (accountId: string): Promise<void> => {
      await forgetAccount(core, accountId)
      await secrets.set(accountId, '')
      await sync.forget(accountId)
    },
  }
}
