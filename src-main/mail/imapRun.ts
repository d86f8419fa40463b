// The one place where imapflow's many ways to say no become AppErrors.
import type { ImapFlow } from 'imapflow'
import { AppError } from '#shared/ipc/errors'
import { say } from '#shared/rules/sayings'
import { readFailure } from './connectionErrors'

/** Runs one command; what it throws, and an answer of `false` or `undefined`, becomes an AppError. */
export type Run = <T>(
  name: string,
  work: (client: ImapFlow) => Promise<T>,
) => Promise<Exclude<T, false | undefined>>

const NOT_FOUND = /NONEXISTENT|TRYCREATE/
const NEEDS_FOLDER = new Set(['FETCH', 'SEARCH', 'STORE', 'MOVE', 'EXPUNGE'])
const CLOSED = /NoConnection|EConnectionClosed|StateLogout|ECONNRESET|EPIPE|ETIMEOUT|ETIMEDOUT/

function commandError(error: unknown, name: string, client: ImapFlow): AppError {
  if (error instanceof AppError) return error
  const { code, reply, text, isAuthFailure } = readFailure(error)
  const fields = error as {
    serverResponseCode?: unknown
    mailboxMissing?: unknown
    responseStatus?: unknown
  }
  const serverCode = typeof fields.serverResponseCode === 'string' ? fields.serverResponseCode : ''
  const detail = { command: name, reply: reply.slice(0, 500), cause: serverCode || code }
  if (CLOSED.test(code) || !client.usable) {
    return new AppError('offline', say('connection-lost'), detail)
  }
  if (isAuthFailure) return new AppError('auth', say('login-ended'), detail)
  if (fields.mailboxMissing === true || NOT_FOUND.test(serverCode)) {
    return new AppError('not-found', say('folder-missing'), detail)
  }
  if (code === 'ETHROTTLE') return new AppError('offline', say('server-asks-to-wait'), detail)
  if (fields.responseStatus === 'NO' || fields.responseStatus === 'BAD' || serverCode !== '') {
    return new AppError(
      'refused',
      say('imap-refused', { reply: reply || text }).slice(0, 500),
      detail,
    )
  }
  return new AppError('internal', `IMAP ${name} failed: ${text}`.slice(0, 500), detail)
}

/** `isBusy` is true while any command runs. */
export function createRun(client: ImapFlow): { run: Run; isBusy: () => boolean } {
  let running = 0
  const run: Run = async <T>(name: string, work: (client: ImapFlow) => Promise<T>) => {
    running++
    try {
      // imapflow finds nothing, in silence, where it has no connection or no open folder.
      if (!client.usable) throw new AppError('offline', say('connection-missing'))
      if (NEEDS_FOLDER.has(name) && !client.mailbox) throw new Error('no folder is open')
      const answer: T = await work(client)
      if (answer === false || answer === undefined) throw new Error(`no answer to ${name}`)
      return answer as Exclude<T, false | undefined>
    } catch (error) {
      throw commandError(error, name, client)
    } finally {
      running--
    }
  }
  return { run, isBusy: () => running > 0 }
}
