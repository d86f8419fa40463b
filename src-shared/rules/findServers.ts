// Which servers an address has, as a function of what the look-ups brought. Nothing here is sent anywhere.
import type { PublicServer } from '../model/account'
import type { FoundServers } from '../model/foundServers'
import { providerOf, providerOfMx, type MailProvider } from './mailProviders'

export interface SrvRecord {
  readonly name: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/** Answers about a domain; empty where it has none. */
export interface LookedUp {
  /** `_imaps._tcp`, `_imap._tcp`, `_submissions._tcp`, `_submission._tcp` (RFC 6186 §3, RFC 8314 §5.1). */
  readonly imaps: readonly SrvRecord[]
  readonly imap: readonly SrvRecord[]
  readonly submissions: readonly SrvRecord[]
  readonly submission: readonly SrvRecord[]
  /** Names of the mail exchangers, best first. */
  readonly mx: readonly string[]
  /** Texts of the autoconfig files of the domain itself. */
  readonly autoconfig: readonly string[]
  /** Nobody answered any question. */
  readonly isOffline: boolean
}

type Pair = Pick<FoundServers, 'imap' | 'smtp'>
type Security = PublicServer['security']

const domainOf = (address: string): string => address.split('@').at(-1)?.trim().toLowerCase() ?? ''

/** RFC 2606: names that nobody may own are asked of nobody. */
export function isReservedDomain(domain: string): boolean {
  return /(^|\.)(test|example|invalid|localhost|local|example\.(com|net|org))$/i.test(domain)
}

/** Every server of a pair that lies outside the address's domain. */
function foreignHosts(address: string, { imap, smtp }: Pair): string[] {
  const domain = domainOf(address)
  const isOwn = (host: string): boolean => host === domain || host.endsWith(`.${domain}`)
  return [...new Set([imap.host, smtp.host])].filter((host) => !isOwn(host.toLowerCase()))
}

function fromProvider(address: string, provider: MailProvider): Pair {
  return {
    imap: { ...provider.imap, user: address },
    smtp: { ...provider.smtp, user: address },
  }
}

/** The record to use: lowest priority, then highest weight. A target of `.` says that there is no such service (RFC 2782). */
function best(records: readonly SrvRecord[]): SrvRecord | undefined {
  return records
    .filter(({ name, port }) => /^[\w.-]{2,253}$/.test(name) && port > 0)
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight)[0]
}

function fromSrv(address: string, found: LookedUp): Pair | undefined {
  const pick = (
    implicit: readonly SrvRecord[],
    upgraded: readonly SrvRecord[],
  ): PublicServer | undefined => {
    const record = best(implicit) ?? best(upgraded)
    if (record === undefined) return undefined
    const security: Security = best(implicit) === undefined ? 'starttls' : 'tls'
    return { host: record.name.replace(/\.$/, ''), port: record.port, security, user: address }
  }
  const imap = pick(found.imaps, found.imap)
  const smtp = pick(found.submissions, found.submission)
  return imap === undefined || smtp === undefined ? undefined : { imap, smtp }
}

const inElement = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}(?:\\s[^>]*)?>([^<]{0,400})</${name}\\s*>`, 'i').exec(xml)?.[1]?.trim()

function serverIn(xml: string, address: string): PublicServer | undefined {
  const host = inElement(xml, 'hostname')
  const port = Number(inElement(xml, 'port'))
  const socket = inElement(xml, 'socketType')?.toUpperCase()
  const security = socket === 'SSL' ? 'tls' : socket === 'STARTTLS' ? 'starttls' : undefined
  const methods = [...xml.matchAll(/<authentication(?:\s[^>]*)?>([^<]*)</gi)].map(([, m]) => m)
  const takesPassword = methods.length === 0 || methods.some((m) => /^\s*password/i.test(m ?? ''))
  if (host === undefined || !/^[\w-]+(\.[\w-]+)+$/.test(host) || security === undefined)
    return undefined
  if (!Number.isInteger(port) || port < 1 || port > 65535 || !takesPassword) return undefined
  const user = (inElement(xml, 'username') ?? address)
    .replaceAll('%EMAILADDRESS%', address)
    .replaceAll('%EMAILLOCALPART%', address.slice(0, address.lastIndexOf('@')))
    .replaceAll('%EMAILDOMAIN%', domainOf(address))
  return { host: host.toLowerCase(), port, security, user }
}

/**
 * The IMAP and SMTP servers of a `config-v1.1.xml` (Mozilla autoconfig, format 1.1): the first of each kind that is
 * encrypted and takes a password. Undefined when it names none.
 */
export function readAutoconfig(text: string, address: string): Pair | undefined {
  const xml = text.slice(0, 65_536).replaceAll(/<!--[\s\S]*?-->/g, '')
  const all = (kind: string, type: string): PublicServer[] =>
    [...xml.matchAll(new RegExp(`<${kind}\\s([^>]*)>([\\s\\S]*?)</${kind}\\s*>`, 'gi'))]
      .filter(([, attributes]) =>
        new RegExp(`type\\s*=\\s*["']${type}["']`, 'i').test(attributes ?? ''),
      )
      .flatMap(([, , body]) => serverIn(body ?? '', address) ?? [])
  const imap = all('incomingServer', 'imap')[0]
  const smtp = all('outgoingServer', 'smtp')[0]
  return imap === undefined || smtp === undefined ? undefined : { imap, smtp }
}

function guess(address: string): Pair {
  const domain = domainOf(address)
  return {
    imap: { host: `imap.${domain}`, port: 993, security: 'tls', user: address },
    smtp: { host: `smtp.${domain}`, port: 465, security: 'tls', user: address },
  }
}

/** What the app knows without asking anybody; undefined when the domain must be asked about. */
export function knownServers(address: string): FoundServers | undefined {
  const domain = domainOf(address)
  const provider = providerOf(domain)
  const rest = { foreignHosts: [], isOffline: false }
  if (provider !== undefined) {
    const { name, password } = provider
    return {
      ...fromProvider(address, provider),
      ...rest,
      source: 'known',
      provider: name,
      password,
    }
  }
  if (!isReservedDomain(domain)) return undefined
  return { ...guess(address), ...rest, source: 'guess', provider: '', password: 'usual' }
}

/** The servers of an address, from its domain's own statements first, then from who receives its mail. */
export function chooseServers(address: string, found: LookedUp): FoundServers {
  const host = found.mx.flatMap((name) => providerOfMx(name) ?? [])[0]
  const provider = host?.name ?? ''
  const password = host?.password ?? 'usual'
  const answer = (source: FoundServers['source'], pair: Pair): FoundServers => ({
    ...pair,
    source,
    provider,
    password,
    foreignHosts: foreignHosts(address, pair),
    isOffline: found.isOffline,
  })
  const file = found.autoconfig.flatMap((text) => readAutoconfig(text, address) ?? [])[0]
  if (file !== undefined) return answer('autoconfig', file)
  const srv = fromSrv(address, found)
  if (srv !== undefined) return answer('srv', srv)
  if (host !== undefined) return answer('mx', fromProvider(address, host))
  return answer('guess', guess(address))
}
