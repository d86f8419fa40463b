// The look-ups on real servers of this machine: DNS over UDP and https with a certificate of our own.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Resolver } from 'node:dns/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findServers, getText, type Lookup } from '#main/mail/findServers'
import { startDns, type DnsServer } from '#support/servers/startDns'
import { makeCertificate } from '#support/servers/system'

const file = (host: string): string => `<clientConfig version="1.1">
<incomingServer type="imap"><hostname>${host}</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>${host}</hostname><port>465</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>
</clientConfig>`

let folder: string
let ca: string
let https: Server
let dns: DnsServer
const requests: string[] = []
const origin = (): string => `https://localhost:${(https.address() as AddressInfo).port}`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cd-find-'))
  const { cert, key } = await makeCertificate(folder)
  ca = await readFile(cert, 'utf8')
  https = createServer({ cert: ca, key: await readFile(key) }, (request, response) => {
    requests.push(request.url ?? '')
    if (request.url?.startsWith('/autoconfig.filed.org/')) response.end(file('mail.filed.org'))
    else if (request.url === '/moved') {
      response.writeHead(302, { location: '/autoconfig.filed.org/' }).end()
    } else if (request.url === '/downgrade') {
      response.writeHead(302, { location: 'http://localhost/' }).end()
    } else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end()
    else if (request.url === '/large') response.end('x'.repeat(70_000))
    else response.writeHead(404).end()
  })
  https.listen(0, '127.0.0.1')
  await once(https, 'listening')
  dns = await startDns({
    srv: {
      '_imaps._tcp.firm.org': [[0, 1, 993, 'imap.firm.org']],
      '_submissions._tcp.firm.org': [[0, 1, 465, 'smtp.firm.org']],
    },
    mx: { 'hosted.org': [[10, 'aspmx.l.google.com']] },
  })
})

afterAll(async () => {
  await dns.stop()
  https.close()
  await rm(folder, { recursive: true, force: true })
})

/** Our resolver and our web server; the host asked for becomes the first part of the path. */
function lookup(dnsPort = dns.port): Lookup {
  const resolver = new Resolver({ timeout: 300, tries: 1 })
  resolver.setServers([`127.0.0.1:${dnsPort}`])
  const toUs = (url: string): string => url.replace('https://', `${origin()}/`)
  return { resolver, get: (url) => getText(toUs(url), { ca }) }
}

it('finds servers in DNS and asks about the domain, never about the person', async () => {
  const found = await findServers('secret.name@firm.org', lookup())
  expect(found).toMatchObject({
    source: 'srv',
    isOffline: false,
    imap: { host: 'imap.firm.org', port: 993, security: 'tls', user: 'secret.name@firm.org' },
    smtp: { host: 'smtp.firm.org', port: 465 },
  })
  expect([...dns.asked, ...requests].join(' ')).not.toContain('secret')
})

it('prefers the file of the domain', async () => {
  const found = await findServers('support@filed.org', lookup())
  expect(found).toMatchObject({ source: 'autoconfig', imap: { host: 'mail.filed.org' } })
})

it('recognises the provider behind a domain', async () => {
  const found = await findServers('support@hosted.org', lookup())
  expect(found).toMatchObject({ source: 'mx', provider: 'Google', password: 'app-password' })
  expect(found.foreignHosts).toContain('imap.gmail.com')
})

it('names the usual hosts when nobody answers', async () => {
  const silent = await startDns({})
  await silent.stop()
  const unreachable = {
    ...lookup(silent.port),
    get: (url: string) => getText(url.replace(/https:\/\/[^/]+/, 'https://localhost:1'), { ca }),
  }
  const found = await findServers('support@firm.org', unreachable)
  expect(found).toMatchObject({ source: 'guess', isOffline: true, imap: { host: 'imap.firm.org' } })
})

it('asks nobody about a reserved or a well-known domain', async () => {
  const refuse = (): never => {
    throw new Error('asked')
  }
  const mute = { resolver: { resolveSrv: refuse, resolveMx: refuse }, get: refuse } as Lookup
  expect((await findServers('support@desk.test', mute)).source).toBe('guess')
  expect((await findServers('support@gmx.de', mute)).source).toBe('known')
})

it('follows a redirect to https, never to http, and ends where it goes round', async () => {
  expect(await getText(`${origin()}/moved`, { ca })).toContain('mail.filed.org')
  expect(await getText(`${origin()}/downgrade`, { ca })).toBeUndefined()
  expect(await getText(`${origin()}/round`, { ca })).toBeUndefined()
  expect(await getText(`${origin()}/none`, { ca })).toBeUndefined()
})

it('refuses what is too large and who has no valid certificate', async () => {
  await expect(getText(`${origin()}/large`, { ca })).rejects.toThrow('too large')
  await expect(getText(`${origin()}/moved`)).rejects.toThrow()
})
