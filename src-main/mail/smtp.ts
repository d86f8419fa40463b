// Hands one finished mail to the SMTP server. The answer is one of four outcomes; what tells
// `retry` from `uncertain` is how far the conversation had come when it ended (RFC 1047).
import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { AppError } from '#shared/ipc/errors'
import { say } from '#shared/rules/sayings'
import { checkSecurity, connectError, readFailure, tlsOptions } from './connectionErrors'
import type { RefusedRecipient, SendOutcome, ServerSettings } from './types'

export type SmtpOptions = {
  signal?: AbortSignal | undefined
  /** PEM of further authorities, for servers with a certificate of their own. */
  ca?: string | undefined
  /** ms without a byte from the server; RFC 5321 4.5.3.2.6 asks for 10 minutes after the dot. */
  replyTimeout?: number | undefined
  /** What the server offers, as soon as it has said so. */
  onGreeted?: ((offer: SmtpOffer) => void) | undefined
  /** After the answers for the recipients, before the first byte of the content: what must be known if this is cut. */
  onHeard?: ((heard: Heard) => Promise<void>) | undefined
}

/** What EHLO told. `maxSize` in bytes (RFC 1870), 0 where the server names no limit. */
export type SmtpOffer = { maxSize: number; hasSmtpUtf8: boolean }

/** Recipients the server refused, and whether the receipt is among those it took. */
export type Heard = { refused: RefusedRecipient[]; hasReceipt: boolean }

export type OutgoingMail = {
  /** `from` empty: the null sender of automatic mail (RFC 3834 3.3). */
  envelope: {
    from: string
    to: readonly string[]
    /** A further recipient that stands in no header: the support mailbox, whose copy proves that the server took the mail. */
    receipt?: string | null
  }
  /** The whole mail with CRLF line ends; sent as it is. */
  bytes: Buffer
}

const CHUNK = 65_536

function createConnection(
  settings: ServerSettings,
  { ca, replyTimeout }: SmtpOptions,
): SMTPConnection {
  return new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    // A fixed name: the machine's own would tell where the agent sits (RFC 5321 4.1.3 literal).
    name: '[127.0.0.1]',
    tls: tlsOptions(ca),
    logger: false,
    connectionTimeout: 20_000,
    greetingTimeout: Math.min(replyTimeout ?? 10_000, 10_000),
    socketTimeout: replyTimeout ?? 600_000,
    socketCloseTimeout: 1_000,
  })
}

// The connection reports a failure by an event, by a callback or by both; the first one counts.
function settle<T>(
  connection: SMTPConnection,
  start: (done: (error: Error | null | undefined, value?: T) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => finish(error)
    const onEnd = () => finish(new Error('Connection closed unexpectedly'))
    const finish = (error: Error | null | undefined, value?: T) => {
      connection.off('error', onError)
      connection.off('end', onEnd)
      if (error) reject(error)
      else resolve(value)
    }
    connection.once('error', onError)
    connection.once('end', onEnd)
    start(finish)
  })
}

async function connect(settings: ServerSettings, options: SmtpOptions): Promise<SMTPConnection> {
  checkSecurity(settings, 'SMTP')
  const connection = createConnection(settings, options)
  // Late errors of a connection we have given up must not end the process.
  connection.on('error', () => undefined)
  const onAbort = () => connection.close()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    options.signal?.throwIfAborted()
    await settle<undefined>(connection, (done) => connection.connect((error) => done(error)))
    // A relay on this machine may have no AUTH at all; with TLS nobody else can have removed it.
    if (connection.allowsAuth) {
      const auth = { user: settings.user, pass: settings.password }
      await settle<boolean>(connection, (done) => connection.login(auth, done))
    }
    return connection
  } catch (error) {
    connection.close()
    if (options.signal?.aborted === true) throw new AppError('offline', say('connecting-stopped'))
    throw connectionFailure(error, settings)
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
  }
}

// RFC 4954 4.7.3: 454 to AUTH is a temporary failure of the server, not a wrong password.
function connectionFailure(error: unknown, settings: ServerSettings): AppError {
  const { status, isAuthFailure, reply } = readFailure(error)
  if (isAuthFailure && (status === 0 || (status >= 400 && status < 500))) {
    const server = `${settings.host}:${String(settings.port)}`
    const message = say('server-cannot-check', { protocol: 'SMTP', server })
    return new AppError('offline', message, { protocol: 'SMTP', field: null, reply })
  }
  return connectError(error, settings, 'SMTP')
}

type Body = { stream: Readable; isHandedOver: () => boolean }

// The stream is read only after 354, and its end is read before the dot is written. So as long as
// it has not ended, the server cannot have the mail; once it has, nobody can know without a reply.
function bodyOf(bytes: Buffer, beforeFirst: () => Promise<void>): Body {
  let at = 0
  let isHandedOver = false
  let isReady = false
  const stream = new Readable({
    read() {
      const push = () => {
        if (at >= bytes.length) {
          isHandedOver = true
          this.push(null)
          return
        }
        this.push(bytes.subarray(at, at + CHUNK))
        at += CHUNK
      }
      if (isReady) {
        push()
        return
      }
      beforeFirst().then(
        () => {
          isReady = true
          push()
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
  return { stream, isHandedOver: () => isHandedOver }
}

/** What nodemailer keeps of EHLO and of the answers to RCPT; its types do not say so. */
type Inside = {
  _supportedExtensions?: unknown
  _maxAllowedSize?: unknown
  _envelope?: { accepted?: unknown; rejectedErrors?: unknown } | false
}

function offerOf(connection: SMTPConnection): SmtpOffer {
  const { _supportedExtensions: names, _maxAllowedSize: size } = connection as unknown as Inside
  return {
    maxSize: typeof size === 'number' ? size : 0,
    hasSmtpUtf8: Array.isArray(names) && names.includes('SMTPUTF8'),
  }
}

function heardOn(connection: SMTPConnection): { accepted: unknown[]; refused: RefusedRecipient[] } {
  const { _envelope: envelope } = connection as unknown as Inside
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
  const { accepted, rejectedErrors } = envelope === undefined || envelope === false ? {} : envelope
  return { accepted: list(accepted), refused: refusedIn(list(rejectedErrors)) }
}

/** Nobody but ourselves would get this mail: the transaction is given up before its content. */
class NobodyAccepted extends Error {
  constructor(readonly refused: RefusedRecipient[]) {
    super(refused[0]?.reply ?? 'The server refused every recipient.')
  }
}

function refusedIn(errors: readonly unknown[]): RefusedRecipient[] {
  return errors.map((error) => {
    const { reply, text, status } = readFailure(error)
    const { recipient } = error as { recipient?: unknown }
    return {
      address: typeof recipient === 'string' ? recipient : '',
      reply: (reply || text).slice(0, 500),
      isTemporary: status >= 400 && status < 500,
    }
  })
}

function allRefused(refused: RefusedRecipient[]): SendOutcome {
  // One that may be tried again makes the mail worth a retry.
  const outcome = refused.some((one) => one.isTemporary) ? 'retry' : 'refused'
  return { outcome, reply: refused[0]?.reply ?? '', refused }
}

function failedOutcome(error: unknown, body: Body, receipt: string | null): SendOutcome {
  const { reply, text, status, code } = readFailure(error)
  const words = (reply || text).slice(0, 500)
  const { rejectedErrors } = error as { rejectedErrors?: unknown }
  const refused = refusedIn(Array.isArray(rejectedErrors) ? rejectedErrors : []).filter(
    (one) => one.address !== receipt,
  )
  if (refused.length > 0) return { ...allRefused(refused), reply: words }
  // RFC 5321 4.2.1: any 4yz or 5yz, to the dot as well, says that the server did not take it; a garbled reply says nothing.
  const isNo = status >= 400 && status < 600
  if (body.isHandedOver() && !isNo) return { outcome: 'uncertain', reply: words }
  if (status >= 500) return { outcome: 'refused', reply: words, refused }
  if (status >= 400) return { outcome: 'retry', reply: words, refused }
  if (code === 'EMESSAGE' || code === 'EENVELOPE')
    return { outcome: 'refused', reply: words, refused }
  return { outcome: 'retry', reply: words, refused }
}

/**
 * Sends one mail in one transaction. Never throws for what the server says or does; throws AppError
 * `auth`, `refused` or `invalid-input` only where the settings themselves are wrong, before anything
 * was sent. `uncertain`: the connection ended after all content went out and before the reply.
 */
export async function sendMail(
  settings: ServerSettings,
  { envelope, bytes }: OutgoingMail,
  options: SmtpOptions = {},
): Promise<SendOutcome> {
  let connection: SMTPConnection
  try {
    connection = await connect(settings, options)
  } catch (error) {
    if (error instanceof AppError && error.code !== 'offline') throw error
    return { outcome: 'retry', reply: readFailure(error).text, refused: [] }
  }
  try {
    return await transact(connection, { envelope, bytes }, options)
  } finally {
    connection.quit()
  }
}

async function transact(
  connection: SMTPConnection,
  { envelope, bytes }: OutgoingMail,
  options: SmtpOptions,
): Promise<SendOutcome> {
  const offer = offerOf(connection)
  options.onGreeted?.(offer)
  const { receipt = null } = envelope
  // RFC 6531 3.2: without SMTPUTF8 such an address cannot be named; the others need not suffer for it.
  const unspeakable = offer.hasSmtpUtf8 ? [] : envelope.to.filter(isInternational)
  const ours = unspeakable.map((address) => ({ address, reply: noUtf8, isTemporary: false }))
  const to = envelope.to.filter((address) => !unspeakable.includes(address))
  if (to.length === 0) return allRefused(ours)
  const isReal = (one: RefusedRecipient): boolean => one.address !== receipt
  const body = bodyOf(bytes, async () => {
    const { accepted, refused } = heardOn(connection)
    const real = [...ours, ...refused.filter(isReal)]
    if (!accepted.some((address) => address !== receipt)) throw new NobodyAccepted(real)
    const hasReceipt = receipt !== null && accepted.includes(receipt)
    await options.onHeard?.({ refused: real, hasReceipt })
  })
  const onAbort = () => connection.close()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    options.signal?.throwIfAborted()
    const info = await settle(connection, (done: (error: Error | null, value?: Info) => void) =>
      connection.send(
        {
          from: envelope.from,
          to: receipt === null ? to : [...to, receipt],
          size: bytes.length,
        },
        body.stream,
        done,
      ),
    )
    const refused = refusedIn(info?.rejectedErrors ?? []).filter(isReal)
    const reply = info?.response ?? ''
    // nodemailer is content with a 2; garbled, it is nobody's word that the mail was taken.
    if (!/^2\d\d(?:[ -]|$)/.test(reply)) return { outcome: 'uncertain', reply }
    return { outcome: 'accepted', reply, refused: [...ours, ...refused] }
  } catch (error) {
    // Inside DATA a QUIT would be content.
    if (!body.isHandedOver()) connection.close()
    const nobody = body.stream.errored
    if (nobody instanceof NobodyAccepted) return allRefused(nobody.refused)
    return failedOutcome(error, body, receipt)
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
  }
}

const noUtf8 = 'The mail server cannot deliver to an address with such letters (no SMTPUTF8).'

function isInternational(address: string): boolean {
  return /[^\p{ASCII}]/u.test(address)
}

type Info = { response: string; rejectedErrors?: readonly unknown[] | undefined }

/** Connects, logs in and leaves. Throws AppError with the settings field in `detail.field`. */
export async function testSmtp(
  settings: ServerSettings,
  options: SmtpOptions = {},
): Promise<SmtpOffer> {
  const connection = await connect(settings, options)
  const offer = offerOf(connection)
  connection.quit()
  return offer
}
