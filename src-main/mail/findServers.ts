// Asks a domain for its mail servers. It says which domain is meant and nothing else: no address, no password.
import { Resolver } from 'node:dns/promises'
import { request } from 'node:https'
import { AppError } from '#shared/ipc/errors'
import type { FoundServers } from '#shared/model/foundServers'
import { chooseServers, knownServers, type LookedUp } from '#shared/rules/findServers'
import { say } from '#shared/rules/sayings'
import { log } from '../log'

const LIMIT_MS = 5_000
const MAX_BYTES = 65_536
const MAX_REDIRECTS = 2

/** The two ways of asking; tests bring servers of their own. */
export interface Lookup {
  readonly resolver: Pick<Resolver, 'resolveSrv' | 'resolveMx'>
  /** The text behind an https address; undefined when there is none. Rejects when nobody answers. */
  readonly get: (url: string) => Promise<string | undefined>
}

export interface GetOptions {
  /** Authorities to trust instead of the system's. */
  readonly ca?: string
}

/** Reads a small text over https. Redirects are followed to https alone. */
export async function getText(
  url: string,
  options: GetOptions = {},
  redirects = MAX_REDIRECTS,
): Promise<string | undefined> {
  const answer = await new Promise<{ text?: string; to?: string }>((done, fail) => {
    const asked = request(url, { ...options, timeout: LIMIT_MS, headers: { accept: 'text/xml' } })
    const limit = setTimeout(() => asked.destroy(new Error('no answer in time')), LIMIT_MS)
    asked.on('close', () => {
      clearTimeout(limit)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
    asked.on('error', fail)
    asked.on('response', (response) => {
      const { statusCode = 0, headers } = response
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy()
        done({ to: headers.location })
        return
      }
      if (statusCode !== 200) {
        response.destroy()
        done({})
        return
      }
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_BYTES) asked.destroy(new Error('too large'))
        else chunks.push(chunk)
      })
      response.on('end', () => {
        done({ text: Buffer.concat(chunks).toString('utf8') })
      })
      response.on('error', fail)
    })
    asked.end()
  })
  if (answer.to === undefined) return answer.text
  const next = URL.canParse(answer.to, url) ? new URL(answer.to, url) : undefined
  if (redirects === 0 || next?.protocol !== 'https:') return undefined
  return getText(next.href, options, redirects - 1)
}

function systemLookup(): Lookup {
  return { resolver: new Resolver({ timeout: 2_000, tries: 2 }), get: (url) => getText(url) }
}

const absent = new Set(['ENOTFOUND', 'ENODATA', 'ENODOMAIN'])

/** Runs every question at once; what is answered with “there is none” counts as an answer. */
async function ask(domain: string, { resolver, get }: Lookup): Promise<LookedUp> {
  let answers = 0
  const or = async <T>(what: string, question: Promise<T>, none: T): Promise<T> => {
    try {
      const answer = await question
      answers += 1
      return answer
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code)
      if (absent.has(code) && what === 'dns') answers += 1
      else log.info('setup', 'no answer', { what, code })
      return none
    }
  }
  const srv = (service: string) => or('dns', resolver.resolveSrv(`_${service}._tcp.${domain}`), [])
  const [imaps, imap, submissions, submission, mx, ...files] = await Promise.all([
    srv('imaps'),
    srv('imap'),
    srv('submissions'),
    srv('submission'),
    or('dns', resolver.resolveMx(domain), []),
    or('https', get(`https://autoconfig.${domain}/mail/config-v1.1.xml`), undefined),
    or('https', get(`https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`), undefined),
  ])
  return {
    imaps,
    imap,
    submissions,
    submission,
    mx: [...mx].sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange),
    autoconfig: files.filter((text) => text !== undefined),
    isOffline: answers === 0,
  }
}

/**
 * The servers of a mail address (RFC 6186, RFC 8314 §5, Mozilla autoconfig): what the app ships, else what the
 * domain says. Where nothing is found it names the usual hosts.
 * @throws AppError `invalid-input` for an address whose domain is none
 */
export async function findServers(address: string, lookup = systemLookup()): Promise<FoundServers> {
  const known = knownServers(address)
  if (known !== undefined) return known
  const site = `https://${address.slice(address.lastIndexOf('@') + 1)}`
  if (!URL.canParse(site)) {
    throw new AppError('invalid-input', say('not-an-address'), {
      field: 'mailbox address',
    })
  }
  const domain = new URL(site).hostname
  return chooseServers(address, await ask(domain, lookup))
}
