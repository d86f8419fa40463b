// One sentence for everything that can go wrong while reaching a mail server: which field of the
// settings it is about and what to do. Words of passwords and mails never enter a message.
import { AppError } from '#shared/ipc/errors'
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
  throw new AppError(
    'invalid-input',
    `${protocol} without encryption is only allowed on this computer. Choose TLS or STARTTLS.`,
    { field: 'security', protocol },
  )
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
  message: string
}

function explainTls(failure: WireFailure, where: string, name: string): Explained | null {
  const all = `${failure.code} ${failure.text}`
  if (WRONG_TLS.test(all)) {
    const message = `${where} does not speak TLS. Check the port, or choose STARTTLS in security.`
    return { code: 'refused', field: 'security', message }
  }
  if (CERTIFICATE.test(all)) {
    const message = `The certificate of ${where} cannot be trusted for the host "${name}". Check the host name; a certificate of your own must be made known to this computer.`
    return { code: 'refused', field: 'certificate', message }
  }
  if (INJECTED.test(all)) {
    const message = `${where} went on speaking without encryption after STARTTLS: somebody between may be adding words. Nothing was sent. Choose TLS in security, or ask the provider.`
    return { code: 'refused', field: 'security', message }
  }
  if (NO_STARTTLS.test(all)) {
    const message = `${where} does not offer STARTTLS. Choose TLS in security, or check the port.`
    return { code: 'refused', field: 'security', message }
  }
  return null
}

function explainNetwork(failure: WireFailure, where: string, name: string): Explained | null {
  const { code, text } = failure
  if (/ENOTFOUND|EAI_AGAIN|EDNS/.test(`${code} ${text}`)) {
    const message = `The host "${name}" cannot be found. Check the host name, or the network.`
    return { code: 'offline', field: 'host', message }
  }
  if (/ECONNREFUSED/.test(`${code} ${text}`)) {
    const message = `${where} does not answer: nothing listens there. Check the port and the host.`
    return { code: 'offline', field: 'port', message }
  }
  if (code === 'GREETING_TIMEOUT' || /greeting/i.test(text)) {
    const message = `${where} accepts connections but sends no greeting. Check the port, or choose another security (TLS or STARTTLS).`
    return { code: 'offline', field: 'security', message }
  }
  if (TIMEOUT.test(`${code} ${text}`)) {
    const message = `${where} does not answer in time. Check the host and the port, or the network.`
    return { code: 'offline', field: 'port', message }
  }
  return null
}

// What answers, but not as it should: another protocol on the port, or a server that wants no guests.
function explainAnswer({ text, reply }: WireFailure, where: string): Explained | null {
  const words = reply.split('\n', 1)[0]?.trim().slice(0, 200) ?? ''
  if (/^4\d\d/.test(words)) {
    return { code: 'offline', field: null, message: `${where} is not available now: ${words}` }
  }
  if (/^5\d\d/.test(words)) {
    return { code: 'refused', field: null, message: `${where} refuses us: ${words}` }
  }
  if (/invalid greeting|unexpected/i.test(text) && words !== '') {
    const message = `${where} answers in another protocol. Check the port.`
    return { code: 'refused', field: 'port', message }
  }
  return null
}

function explain(failure: WireFailure, where: string, host: string): Explained {
  if (failure.isAuthFailure) {
    const message = `${where} refuses this user and password. Check both.`
    return { code: 'auth', field: 'user', message }
  }
  return (
    explainTls(failure, where, host) ??
    explainAnswer(failure, where) ??
    explainNetwork(failure, where, host) ?? {
      code: 'offline',
      field: null,
      message: `${where} ended the connection. Check the settings, or try later.`,
    }
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
  const where = `The ${protocol} server ${settings.host}:${settings.port}`
  const { code, field, message } = explain(failure, where, settings.host)
  const reply = failure.reply.slice(0, 500)
  return new AppError(code, message, { protocol, field, reply, cause: failure.code })
}

/** Options for `tls.connect`: no version below 1.2 (RFC 8996), `ca` in addition to nothing else. */
export function tlsOptions(ca: string | undefined): { minVersion: 'TLSv1.2'; ca?: string } {
  return ca === undefined ? { minVersion: 'TLSv1.2' } : { minVersion: 'TLSv1.2', ca }
}
