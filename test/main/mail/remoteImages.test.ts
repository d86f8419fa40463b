// Pictures from the internet: only pictures, only over https, only from public addresses, without a trace of who asks.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRemoteImages, isPublicAddress } from '#main/mail/remoteImages'
import { onePixel } from '#support/electron/hostileMails'
import { makeCertificate } from '#support/servers/system'

let server: Server
let ca = ''
let port = 0
const asked: { url: string; headers: IncomingHttpHeaders }[] = []

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cd-https-'))
  const files = await makeCertificate(folder)
  ca = readFileSync(files.cert, 'utf8')
  server = createServer({ key: readFileSync(files.key), cert: ca }, (request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    const answers: Record<string, () => void> = {
      '/ok.png': () => response.setHeader('set-cookie', 'id=1').end(onePixel),
      '/page.png': () => response.setHeader('content-type', 'image/png').end('<script>1</script>'),
      '/moved': () => response.writeHead(302, { location: '/ok.png' }).end(),
      '/down': () => response.writeHead(302, { location: 'http://127.0.0.1/ok.png' }).end(),
      '/round': () => response.writeHead(302, { location: '/round' }).end(),
      '/huge': () => response.end(Buffer.concat([onePixel, Buffer.alloc(9 * 1_048_576)])),
    }
    const answer = answers[request.url ?? '']
    if (answer === undefined) response.writeHead(404).end()
    else answer()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  port = address.port
  rmSync(folder, { recursive: true })
})
afterAll(() => new Promise((done) => server.close(done)))

const open = () => createRemoteImages({ isAllowedAddress: () => true, ca })
const at = (path: string): string => `https://localhost:${String(port)}${path}`

it('brings a picture once, and says nothing about who reads', async () => {
  const images = open()
  expect(await images.fetch(at('/ok.png'))).toEqual({ type: 'image/png', bytes: onePixel })
  await images.fetch(at('/ok.png'))
  expect(asked.filter(({ url }) => url === '/ok.png')).toHaveLength(1)
  const headers = Object.keys(asked[0]?.headers ?? {}).sort()
  expect(headers).toEqual(['accept', 'connection', 'host', 'user-agent'])
  expect((await images.fetch(at('/moved')))?.type).toBe('image/png')
  expect(asked.some(({ headers: sent }) => sent.cookie !== undefined)).toBe(false)
})

it.each(['/page.png', '/down', '/round', '/huge', '/none'])('refuses %s', async (path) => {
  expect(await open().fetch(at(path))).toBeNull()
})

it('asks nothing over http, nor on this machine or its network', async () => {
  const before = asked.length
  const images = createRemoteImages({ ca })
  for (const url of [
    at('/ok.png'),
    `https://127.0.0.1:${String(port)}/ok.png`,
    `https://[::ffff:127.0.0.1]:${String(port)}/ok.png`,
    `https://[::1]:${String(port)}/ok.png`,
    `http://localhost:${String(port)}/ok.png`,
    'https://user:pass@localhost/ok.png',
    'https://0x7f000001/ok.png',
    'no url',
  ]) {
    expect([url, await images.fetch(url)]).toEqual([url, null])
  }
  expect(asked).toHaveLength(before)
})

it('knows private networks', () => {
  const inside =
    '10.1.2.3 127.0.0.1 169.254.1.1 172.20.0.1 192.168.1.1 100.64.0.9 0.0.0.0 224.0.0.1'
  for (const address of [...inside.split(' '), '::1', '::', 'fe80::1', 'fd00::1', 'ff02::1']) {
    expect([address, isPublicAddress(address)]).toEqual([address, false])
  }
  expect(isPublicAddress('::ffff:192.168.0.1')).toBe(false)
  expect(['8.8.8.8', '2606:4700::1111'].map(isPublicAddress)).toEqual([true, true])
})
