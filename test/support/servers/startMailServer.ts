// A private mail world for tests: Dovecot and Exim, several local domains, mailboxes for the desk and
// for its customers. Many can run side by side.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerSettings } from '#shared/model/account'
import { folderDirectory, readMaildir, writeMaildir, type MailToStore } from './maildir'
import { smtpDeliver } from './smtpClient'
import { insist } from './system'
import { startDovecot, type Dovecot, type MailboxFormat } from './startDovecot'
import { startExim, type Exim } from './startExim'

type Security = ServerSettings['security']

/** A mail by its fields; everything has a sensible default. */
export type SimpleMail = {
  from: string
  to: string | readonly string[]
  cc?: string | readonly string[]
  subject?: string
  text?: string
  messageId?: string
  date?: Date
  /** Further header lines by name. */
  headers?: Readonly<Record<string, string>>
}

export type Envelope = { from: string; to: readonly string[]; ehlo?: string }

export type MailServer = {
  dovecot: Dovecot
  exim: Exim
  domains: readonly string[]
  /** PEM that clients must trust for TLS. */
  ca: string
  caFile: string
  imapSettings: (user: string, security?: Security) => ServerSettings
  smtpSettings: (user: string, security?: Security) => ServerSettings
  addUser: (address: string) => Promise<void>
  /**
   * Hands a mail to Exim as a stranger's server would; returns its Message-ID (with brackets) and
   * the refused recipients. The envelope follows from the fields when it is not given. EHLO as
   * `dmarc-pass.test` or `dmarc-fail.test` adds Authentication-Results of mx.<first domain>.
   */
  deliver: (
    mail: SimpleMail | string | Buffer,
    envelope?: Partial<Envelope>,
  ) => Promise<{ messageId: string; refused: string[] }>
  /** Raw mails of a user's folder, oldest first, LF line ends, bytes as latin1. */
  mailbox: (user: string, folder?: string) => Promise<string[]>
  /** Mails that left for domains that are not local. */
  outbox: () => Promise<string[]>
  waitForMail: (
    user: string,
    matches: (raw: string) => boolean,
    ms?: number,
    folder?: string,
  ) => Promise<string>
  /** Writes mails straight into a folder, without delivery. */
  inject: (
    user: string,
    folder: string,
    mails: readonly (MailToStore | string | Buffer)[],
  ) => Promise<void>
  stop: () => Promise<void>
}

export const DEFAULT_DOMAINS = ['desk.test', 'customer.test', 'partner.test', 'vendor.test']
export const DEFAULT_USERS = [
  'support@desk.test',
  'ada@desk.test',
  'ben@desk.test',
  'cleo@desk.test',
  'carol@customer.test',
  'dave@customer.test',
  'erin@customer.test',
  'pat@partner.test',
  'vera@vendor.test',
]

let counter = 0

const asList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value

const bare = (address: string): string => /<([^<>]*)>/.exec(address)?.[1] ?? address

/** A simple mail as RFC 5322 text with CRLF line ends. */
export function renderMail(mail: SimpleMail): string {
  const id =
    mail.messageId ??
    `<t${Date.now().toString(36)}.${counter++}@${bare(mail.from).split('@')[1] ?? 'x.test'}>`
  const lines = [
    `From: ${mail.from}`,
    `To: ${asList(mail.to).join(', ')}`,
    ...(mail.cc === undefined || mail.cc.length === 0 ? [] : [`Cc: ${asList(mail.cc).join(', ')}`]),
    `Subject: ${mail.subject ?? 'Hello'}`,
    `Message-ID: ${id}`,
    `Date: ${(mail.date ?? new Date()).toUTCString().replace('GMT', '+0000')}`,
    ...Object.entries(mail.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    mail.text ?? 'Hello.',
    '',
  ]
  return lines.join('\n').replace(/\r?\n/g, '\r\n')
}

function envelopeOf(mail: SimpleMail, given: Partial<Envelope>): Envelope {
  const to = [...asList(mail.to), ...asList(mail.cc ?? [])].map(bare)
  return { from: bare(mail.from), to, ...given }
}

/** Starts the servers; `stop()` ends them and removes every trace. */
export async function startMailServer({
  users = DEFAULT_USERS,
  domains = DEFAULT_DOMAINS,
  format = 'maildir',
  quota,
}: {
  users?: readonly string[]
  domains?: readonly string[]
  format?: MailboxFormat
  /** Room for each user in Dovecot's words, e.g. `1M`; without it there is no limit. */
  quota?: string | undefined
} = {}): Promise<MailServer> {
  const dovecot = await insist(() => startDovecot({ users, format, quota }))
  const exim = await insist(() => startExim({ dovecot, domains })).catch(async (error: unknown) => {
    await dovecot.stop()
    throw error
  })
  const settings = (user: string, security: Security, plain: number, tls: number) => ({
    // The certificate is for localhost; only TLS from the start needs the other port.
    host: '127.0.0.1',
    port: security === 'tls' ? tls : plain,
    security,
    user,
    password: dovecot.password,
  })
  const folderOf = (user: string, folder: string) => {
    if (format !== 'maildir') throw new Error('mailboxes can be read and written as Maildir only')
    return folderDirectory(join(dovecot.home(user), 'Maildir'), folder)
  }
  const mailbox = async (user: string, folder = 'INBOX') =>
    (await readMaildir(folderOf(user, folder))).map((mail) => mail.raw)

  return {
    dovecot,
    exim,
    domains,
    ca: dovecot.ca,
    caFile: dovecot.caFile,
    imapSettings: (user, security = 'none') =>
      settings(user, security, dovecot.imapPort, dovecot.imapsPort),
    smtpSettings: (user, security = 'none') =>
      settings(user, security, exim.smtpPort, exim.smtpsPort),
    addUser: dovecot.addUser,
    deliver: async (mail, envelope = {}) => {
      const isRaw = typeof mail === 'string' || Buffer.isBuffer(mail)
      const raw = isRaw ? mail : renderMail(mail)
      const { from = '', to = [], ehlo } = isRaw ? envelope : envelopeOf(mail, envelope)
      const refused = await smtpDeliver(
        exim.smtpPort,
        { from, to, ...(ehlo === undefined ? {} : { ehlo }) },
        raw,
      )
      return {
        messageId: /^message-id:\s*(\S+)/im.exec(raw.toString('latin1'))?.[1] ?? '',
        refused,
      }
    },
    mailbox,
    outbox: async () => (await readMaildir(exim.outbox)).map((mail) => mail.raw),
    waitForMail: async (user, matches, ms = 15_000, folder = 'INBOX') => {
      const end = Date.now() + ms
      for (;;) {
        const found = (await mailbox(user, folder)).find(matches)
        if (found !== undefined) return found
        if (Date.now() > end) throw new Error(`no such mail for ${user} within ${ms} ms`)
        await delay(40)
      }
    },
    inject: async (user, folder, mails) => {
      const stored = mails.map((mail) =>
        typeof mail === 'string' || Buffer.isBuffer(mail) ? { raw: mail, flags: '' } : mail,
      )
      await writeMaildir(folderOf(user, folder), stored, dovecot.owner)
    },
    stop: async () => {
      await exim.stop()
      await dovecot.stop()
    },
  }
}
