// Pictures from the internet that an agent has asked to see, fetched by main: over https only, without
// cookies or referrer, from public addresses, and only what really is a picture.
import { lookup as resolve } from 'node:dns'
import { request, type RequestOptions } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { log } from '../log'
import { shownPictureType } from './picture'

export interface RemotePicture {
  readonly type: string
  readonly bytes: Buffer
}

export interface RemoteImageOptions {
  /** By default everything but private, local and reserved networks. */
  readonly isAllowedAddress?: (address: string) => boolean
  /** PEM of a further authority. */
  readonly ca?: string
}

const mostBytes = 8 * 1_048_576
const mostRedirects = 3
const limitMs = 15_000
const mostKept = 60

// Two lists: one for both would take every address of the old kind for a mapped one of the new.
const closed = { ipv4: new BlockList(), ipv6: new BlockList() }
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  closed.ipv4.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::', 8],
  ['64:ff9b::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const) {
  closed.ipv6.addSubnet(net, bits, 'ipv6')
}

/** Whether a mail may make us connect there: not to a router, a printer or this machine. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  return family !== 0 && !closed[kind].check(address, kind)
}

export function createRemoteImages(options: RemoteImageOptions = {}) {
  const isAllowed = options.isAllowedAddress ?? isPublicAddress
  const kept = new Map<string, Promise<RemotePicture | null>>()

  // The address that is checked is the one that is used: a name that resolves anew cannot slip through.
  const lookup: LookupFunction = (host, given, done) => {
    resolve(host, { ...given, all: true }, (error, found) => {
      const open = found.filter(({ address }) => isAllowed(address))
      const [first] = open
      if (error !== null) done(error, '')
      else if (first === undefined) done(new Error('not a public address'), '')
      else if (given.all === true) done(null, open)
      else done(null, first.address, first.family)
    })
  }

  const get = (url: URL, redirects: number): Promise<Buffer> =>
    new Promise((done, fail) => {
      const host = url.hostname.replace(/^\[|\]$/g, '')
      const isLiteral = isIP(host) !== 0
      if (url.protocol !== 'https:' || url.username !== '' || (isLiteral && !isAllowed(host))) {
        fail(new Error('refused'))
        return
      }
      const how: RequestOptions = {
        lookup,
        agent: false,
        signal: AbortSignal.timeout(limitMs),
        headers: {
          accept: 'image/png,image/jpeg,image/gif,image/webp',
          'user-agent': 'Mozilla/5.0',
        },
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      }
      const asking = request(url, how, (answer) => {
        const { statusCode = 0, headers } = answer
        if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
          answer.destroy()
          if (redirects === 0) fail(new Error('too many redirects'))
          else get(new URL(headers.location, url), redirects - 1).then(done, fail)
          return
        }
        if (statusCode !== 200) {
          answer.destroy()
          fail(new Error(`status ${String(statusCode)}`))
          return
        }
        const chunks: Buffer[] = []
        let size = 0
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length
          chunks.push(chunk)
          if (size > mostBytes) answer.destroy(new Error('too large'))
        })
        answer.on('end', () => done(Buffer.concat(chunks)))
        answer.on('error', fail)
      })
      asking.on('error', fail)
      asking.end()
    })

  const load = async (text: string): Promise<RemotePicture | null> => {
    try {
      const bytes = await get(new URL(text), mostRedirects)
      const type = shownPictureType(bytes)
      return type === null ? null : { type, bytes }
    } catch (error) {
      log.info('mail', 'picture not fetched', { error })
      return null
    }
  }

  return {
    /** The picture at this URL; null when it cannot or must not be had. Asked for once. */
    fetch: (url: string): Promise<RemotePicture | null> => {
      const known = kept.get(url)
      if (known !== undefined) return known
      const loading = load(url)
      kept.set(url, loading)
      void loading.then((picture) => picture ?? kept.delete(url))
      const oldest = kept.keys().next()
      if (kept.size > mostKept && !oldest.done) kept.delete(oldest.value)
      return loading
    },
  }
}
