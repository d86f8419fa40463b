// A host on the internet for the app under test: a name, an address outside that no network routes (RFC 5737), and a
// server on loopback that answers for it. What the app itself checks on the way stays as it is.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, crc32 } from 'node:zlib'
import type { ElectronApplication } from '@playwright/test'
import { makeCertificate } from '#support/servers/system'

const outside = '203.0.113.7'

interface Asked {
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

export interface PictureHost {
  readonly name: string
  /** Resolves to this computer, where a router or a printer would answer. */
  readonly insideName: string
  readonly port: number
  /** Every request so far. */
  readonly asked: readonly Asked[]
  /** Makes both names known to an app that runs. */
  readonly reachFrom: (app: ElectronApplication) => Promise<void>
  readonly stop: () => Promise<void>
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A picture of one colour. */
export function plainPng(width: number, height: number, rgb: readonly number[]): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const line = Buffer.from([0, ...Array.from({ length: width }, () => rgb).flat()])
  const pixels = Buffer.concat(Array.from({ length: height }, () => line))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Answers every path with the same picture. */
export async function startPictureHost(name: string, picture: Buffer): Promise<PictureHost> {
  const folder = mkdtempSync(join(tmpdir(), 'cd-outside-'))
  const files = await makeCertificate(folder, name)
  const [key, cert] = [readFileSync(files.key), readFileSync(files.cert, 'utf8')]
  rmSync(folder, { recursive: true })
  const asked: Asked[] = []
  const server = createServer({ key, cert }, ({ url = '', headers }, response) => {
    asked.push({ url, headers })
    response.setHeader('set-cookie', 'reader=1').end(picture)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  const insideName = `inside.${name}`
  return {
    name,
    insideName,
    port,
    asked,
    reachFrom: (app) => app.evaluate(route, { name, insideName, outside, port, ca: cert }),
    stop: () => new Promise((done) => server.close(() => done())),
  }
}

interface Route {
  readonly name: string
  readonly insideName: string
  readonly outside: string
  readonly port: number
  readonly ca: string
}
type Done = (error: Error | null, found?: unknown, family?: number) => void
type Look = (name: string, how: object, done: Done) => void
type Any = (...args: unknown[]) => unknown

/** Runs in the app's main process: a resolver, a route and an authority for one name. */
function route(_electron: unknown, { name, insideName, outside: far, port, ca }: Route): void {
  // What is evaluated there has no `require` of its own.
  const main = Reflect.get(process, 'mainModule') as NodeJS.Module
  const load = (module: string) => main.require(module) as Record<string, unknown>
  const [dns, net, https] = [load('node:dns'), load('node:net'), load('node:https')]
  const addresses = new Map([
    [name, far],
    [insideName, '127.0.0.1'],
  ])

  const lookup = dns['lookup'] as Look
  dns['lookup'] = (host: string, how: object, done: Done): void => {
    const known = addresses.get(host)
    if (known === undefined) lookup(host, how, done)
    else done(null, [{ address: known, family: 4 }])
  }

  const { prototype } = net['Socket'] as { prototype: Record<'connect', Any> }
  const { connect } = prototype
  prototype.connect = function (this: unknown, options: unknown, ...rest: unknown[]): unknown {
    const given = options as { host?: string; lookup?: Look }
    const look = given.lookup
    if (given.host !== name || look === undefined) return connect.call(this, options, ...rest)
    const routed: Look = (host, how, done) => {
      look(host, how, (error, found) => {
        if (error !== null) done(error)
        else if (Array.isArray(found)) done(null, [{ address: '127.0.0.1', family: 4 }])
        else done(null, '127.0.0.1', 4)
      })
    }
    return connect.call(this, { ...given, port, lookup: routed }, ...rest)
  }

  const request = https['request'] as Any
  https['request'] = (url: unknown, how: object, ...rest: unknown[]): unknown =>
    request(url, { ...how, ca }, ...rest)
}
