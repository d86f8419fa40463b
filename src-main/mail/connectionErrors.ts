// One sentence for everything that can go wrong while reaching a mail server: which field of the
// settings it is about and what to do. Words of passwords and mails never enter a message.
import { AppError } from '#shared/ipc/errors'
import { say, type SayingCode } from '#shared/rules/sayings'
import type { ServerSettings } from './types'

export type Protocol = 'IMAP' | 'SMTP'
type SettingsField = 'host' | 'port' | 'user' | 'security' | 'certificate'

/** What imapflow, nodemailer and Node put on their errors; every field may be missing. */
export type WireFailure = {
  code: string
  text: string
  reply: string
  status: number
  isAuthFailure: boolean
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Reads the fields that mail libraries add to their errors. */
export function readFailure(error: unknown): WireFailure {
  const fields: Record<string, unknown> =
    typeof error === 'object' && error !== null ? { ...error } : {}
  const text = error instanceof Error ? error.message : String(error)
  return {
    // nodemailer renames the codes of the system and keeps the old one
    code:
      asText(fields.originalCode) ||
      asText(fields.code) ||
      (/\b(E[A-Z]{4,}|ERR_[A-Z_]+)\b/.exec(text)?.[1] ?? ''),
    text,
    reply: asText(fields.responseText) || asText(fields.response),
    status: typeof fields.responseCode === 'number' ? fields.responseCode : 0,
    isAuthFailure: fields.authenticationFailed === true || fields.code === 'EAUTH',
  }
}

const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** Refuses plain text to any other machine (RFC 8314 3). */
export function checkSecurity(settings: ServerSettings, protocol: Protocol): void {
  if (settings.security !== 'none' || isLoopback(settings.host)) return
  throw new AppError('invalid-input', say('server-no-encryption', { protocol }), {
    field: 'security',
    protocol,
  })
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|certificate|altname/i
const WRONG_TLS =
  /WRONG_VERSION_NUMBER|wrong version number|\bEPROTO\b|packet length too long|unsupported protocol|PROTOCOL_VERSION|http request/i
const INJECTED = /STARTTLS_INJECTION/
const NO_STARTTLS = /STARTTLS/
const TIMEOUT = /ETIMEDOUT|ETIMEOUT|TIMEOUT|timed? ?out|Greeting never received/i

type Explained = {
  code: 'offline' | 'auth' | 'refused'
  field: SettingsField | null
  says: SayingCode
}

function explainTls({ code, text }: WireFailure): Explained | null {
  const all = `${code} ${text}`
  if (WRONG_TLS.test(all)) return { code: 'refused', field: 'security', says: 'server-no-tls' }
  if (CERTIFICATE.test(all))
    return { code: 'refused', field: 'certificate', says: 'server-certificate' }
  if (INJECTED.test(all)) return { code: 'refused', field: 'security', says: 'server-injects' }
  if (NO_STARTTLS.test(all))
    return { code: 'refused', field: 'security', says: 'server-no-starttls' }
  return null
}

function explainNetwork({ code, text }: WireFailure): Explained | null {
  const all = `${code} ${text}`
  if (/ENOTFOUND|EAI_AGAIN|EDNS/.test(all))
    return { code: 'offline', field: 'host', says: 'server-not-found' }
  if (/ECONNREFUSED/.test(all))
    return { code: 'offline', field: 'port', says: 'server-silent-port' }
  if (code === 'GREETING_TIMEOUT' || /greeting/i.test(text))
    return { code: 'offline', field: 'security', says: 'server-no-greeting' }
  if (TIMEOUT.test(all)) return { code: 'offline', field: 'port', says: 'server-too-slow' }
  return null
}

const firstLine = (reply: string): string => reply.split('\n', 1)[0]?.trim().slice(0, 200) ?? ''

// What answers, but not as it should: another protocol on the port, or a server that wants no guests.
function explainAnswer({ text, reply }: WireFailure): Explained | null {
  const words = firstLine(reply)
  if (/^4\d\d/.test(words)) return { code: 'offline', field: null, says: 'server-away' }
  if (/^5\d\d/.test(words)) return { code: 'refused', field: null, says: 'server-refuses' }
  if (/invalid greeting|unexpected/i.test(text) && words !== '')
    return { code: 'refused', field: 'port', says: 'server-other-protocol' }
  return null
}

function explain(failure: WireFailure): Explained {
  if (failure.isAuthFailure) return { code: 'auth', field: 'user', says: 'server-wrong-password' }
  return (
    explainTls(failure) ??
    explainAnswer(failure) ??
    explainNetwork(failure) ?? { code: 'offline', field: null, says: 'server-ended' }
  )
}

/** Turns a failure to connect or log in into an AppError with `detail: { protocol, field, reply }`. */
export function connectError(
  error: unknown,
  settings: ServerSettings,
  protocol: Protocol,
): AppError {
  if (error instanceof AppError) return error
  const failure = readFailure(error)
  const { code, field, says } = explain(failure)
  const reply = failure.reply.slice(0, 500)
  const { host, port } = settings
  const server = `${host}:${String(port)}`
  const message = say(says, { protocol, server, host, reply: firstLine(failure.reply) })
  return new AppError(code, message, { protocol, field, reply, cause: failure.code })
}

/** Options for `tls.connect`: no version below 1.2 (RFC 8996), `ca` in addition to nothing else. */
export function tlsOptions(ca: string | undefined): { minVersion: 'TLSv1.2'; ca?: string } {
  return ca === undefined ? { minVersion: 'TLSv1.2' } : { minVersion: 'TLSv1.2', ca }
}
