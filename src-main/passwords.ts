import { z } from 'zod'
import { AppError } from '#shared/ipc/errors'
import type { Account, ServerSettings } from '#shared/model/account'
import { say } from '#shared/rules/sayings'
import type { Secrets } from './host'
import { hideSecret } from './log'

const stored = z.object({ imap: z.string(), smtp: z.string() })

/** Puts an account's passwords where the host keeps secrets. */
export async function savePasswords(
  secrets: Secrets,
  accountId: string,
  input: { readonly imap: { password: string }; readonly smtp: { password: string } },
): Promise<void> {
  const { imap, smtp } = input
  hidePasswords(input)
  await secrets.set(accountId, JSON.stringify({ imap: imap.password, smtp: smtp.password }))
}

/** Keeps both out of every log line from now on. */
export function hidePasswords(input: {
  readonly imap: { password: string }
  readonly smtp: { password: string }
}): void {
  for (const { password } of [input.imap, input.smtp]) if (password !== '') hideSecret(password)
}

/** One password for all servers, for machines where nobody is there to be asked; it wins over a stored one. */
function givenPassword(): string | undefined {
  const given = process.env['COPYDESK_PASSWORD']
  if (given === undefined || given === '') return undefined
  hideSecret(given)
  return given
}

/** Settings complete with the password; null while it is not known. */
export async function settingsWithPassword(
  secrets: Secrets,
  account: Account,
  protocol: 'imap' | 'smtp',
): Promise<ServerSettings | null> {
  const given = givenPassword()
  if (given !== undefined) return { ...account[protocol], password: given }
  const text = await secrets.get(account.id)
  if (text === null) return null
  const parsed = stored.safeParse(parseJson(text))
  if (parsed.success) {
    const password = parsed.data[protocol]
    hideSecret(password)
    return { ...account[protocol], password }
  }
  throw new AppError('auth', say('password-unreadable'))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
