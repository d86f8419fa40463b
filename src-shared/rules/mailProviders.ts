// Well-known mail providers, so that most people need no look-up. From the providers' own help pages.
import type { PublicServer } from '../model/account'
import type { PasswordKind } from '../model/foundServers'

type Place = Omit<PublicServer, 'user'>

export interface MailProvider {
  readonly name: string
  readonly imap: Place
  readonly smtp: Place
  readonly password: PasswordKind
}

const tls = (host: string, port: number): Place => ({ host, port, security: 'tls' })
const starttls = (host: string): Place => ({ host, port: 587, security: 'starttls' })

interface Entry extends MailProvider {
  readonly domains: readonly string[]
  /** Ends of the MX names of customers' own domains that this provider serves. */
  readonly mx: readonly string[]
}

function entry(
  name: string,
  [imap, smtp]: readonly [imap: string, smtp: string],
  more: {
    domains?: string
    mx?: string
    password?: PasswordKind
    isStarttls?: boolean
  },
): Entry {
  const words = (text = ''): string[] => text.split(' ').filter((word) => word !== '')
  return {
    name,
    domains: words(more.domains),
    mx: words(more.mx),
    password: more.password ?? 'usual',
    imap: tls(imap, 993),
    smtp: more.isStarttls === true ? starttls(smtp) : tls(smtp, 465),
  }
}

const entries: readonly Entry[] = [
  entry('Google', ['imap.gmail.com', 'smtp.gmail.com'], {
    domains: 'gmail.com googlemail.com',
    mx: 'google.com googlemail.com smtp.google.com',
    password: 'app-password',
  }),
  entry('Microsoft 365', ['outlook.office365.com', 'smtp.office365.com'], {
    mx: 'mail.protection.outlook.com mx.microsoft',
    password: 'not-accepted',
    isStarttls: true,
  }),
  entry('Outlook.com', ['outlook.office365.com', 'smtp-mail.outlook.com'], {
    domains: 'outlook.com hotmail.com live.com msn.com outlook.de outlook.fr outlook.es hotmail.fr',
    password: 'not-accepted',
    isStarttls: true,
  }),
  entry('Yahoo', ['imap.mail.yahoo.com', 'smtp.mail.yahoo.com'], {
    domains: 'yahoo.com yahoo.de yahoo.fr yahoo.es yahoo.co.uk yahoo.it ymail.com rocketmail.com',
    mx: 'yahoodns.net',
    password: 'app-password',
  }),
  entry('AOL', ['imap.aol.com', 'smtp.aol.com'], {
    domains: 'aol.com aol.de',
    password: 'app-password',
  }),
  entry('iCloud', ['imap.mail.me.com', 'smtp.mail.me.com'], {
    domains: 'icloud.com me.com mac.com',
    mx: 'mail.icloud.com',
    password: 'app-password',
    isStarttls: true,
  }),
  entry('Fastmail', ['imap.fastmail.com', 'smtp.fastmail.com'], {
    domains: 'fastmail.com fastmail.fm',
    mx: 'messagingengine.com',
    password: 'app-password',
  }),
  entry('Zoho', ['imap.zoho.com', 'smtp.zoho.com'], { domains: 'zoho.com', mx: 'zoho.com' }),
  entry('Zoho (EU)', ['imap.zoho.eu', 'smtp.zoho.eu'], { domains: 'zoho.eu', mx: 'zoho.eu' }),
  entry('GMX', ['imap.gmx.net', 'mail.gmx.net'], { domains: 'gmx.de gmx.net gmx.at gmx.ch' }),
  entry('GMX', ['imap.gmx.com', 'mail.gmx.com'], { domains: 'gmx.com gmx.fr gmx.es' }),
  entry('WEB.DE', ['imap.web.de', 'smtp.web.de'], { domains: 'web.de', isStarttls: true }),
  entry('IONOS', ['imap.ionos.de', 'smtp.ionos.de'], { mx: 'kundenserver.de' }),
  entry('IONOS', ['imap.ionos.com', 'smtp.ionos.com'], { mx: 'perfora.net ionos.com' }),
  entry('T-Online', ['secureimap.t-online.de', 'securesmtp.t-online.de'], {
    domains: 't-online.de',
    password: 'app-password',
  }),
  entry('STRATO', ['imap.strato.de', 'smtp.strato.de'], { mx: 'rzone.de' }),
  entry('mailbox.org', ['imap.mailbox.org', 'smtp.mailbox.org'], {
    domains: 'mailbox.org',
    mx: 'mailbox.org',
  }),
  entry('Posteo', ['posteo.de', 'posteo.de'], { domains: 'posteo.de posteo.net posteo.eu' }),
  entry('Migadu', ['imap.migadu.com', 'smtp.migadu.com'], { mx: 'migadu.com' }),
  entry('OVH', ['ssl0.ovh.net', 'ssl0.ovh.net'], { mx: 'mail.ovh.net' }),
  entry('Gandi', ['mail.gandi.net', 'mail.gandi.net'], { mx: 'mail.gandi.net' }),
  entry('Infomaniak', ['mail.infomaniak.com', 'mail.infomaniak.com'], { mx: 'infomaniak.ch' }),
  entry('Orange', ['imap.orange.fr', 'smtp.orange.fr'], { domains: 'orange.fr wanadoo.fr' }),
  entry('La Poste', ['imap.laposte.net', 'smtp.laposte.net'], { domains: 'laposte.net' }),
  entry('Free', ['imap.free.fr', 'smtp.free.fr'], { domains: 'free.fr' }),
]

const isBelow = (name: string, end: string): boolean => name === end || name.endsWith(`.${end}`)

/** The provider whose own domain this is. */
export function providerOf(domain: string): MailProvider | undefined {
  return entries.find((one) => one.domains.includes(domain.toLowerCase()))
}

/** The provider that receives a domain's mail, told by the name of its MX. */
export function providerOfMx(exchange: string): MailProvider | undefined {
  const name = exchange.toLowerCase().replace(/\.$/, '')
  return entries.find((one) => one.mx.some((end) => isBelow(name, end)))
}
