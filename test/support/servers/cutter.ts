// A TCP proxy that breaks each conversation at a byte of its own, by reset, orderly end or silence.
import { createConnection, createServer, type Socket } from 'node:net'

export const cutKinds = ['rst', 'fin', 'silence'] as const
export const cutDirections = ['client', 'server'] as const

export interface Cut {
  readonly kind: (typeof cutKinds)[number]
  /** Whose bytes are counted. */
  readonly direction: (typeof cutDirections)[number]
  /** So many bytes pass. */
  readonly at: number
}

export interface Cutter {
  readonly port: number
  /** Each new connection takes the first; without one it passes whole. */
  readonly cuts: Cut[]
  /** The most bytes that have passed in a direction of a whole conversation. */
  readonly seen: Record<Cut['direction'], number>
  /** How many conversations have been cut so far: one may end before its byte. */
  readonly made: () => number
  readonly stop: () => Promise<void>
}

/** Starts one in front of 127.0.0.1:`target`. */
export async function startCutter(target: number): Promise<Cutter> {
  const cuts: Cut[] = []
  const seen = { client: 0, server: 0 }
  const sockets = new Set<Socket>()
  let made = 0
  const server = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    const cut = cuts.shift()
    const passed = { client: 0, server: 0 }
    let isCut = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    const pass = (direction: Cut['direction'], from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (isCut) return
        const room = cut?.direction === direction ? cut.at - passed[direction] : Infinity
        const part = chunk.length >= room ? chunk.subarray(0, room) : chunk
        passed[direction] += part.length
        if (cut === undefined) seen[direction] = Math.max(seen[direction], passed[direction])
        to.write(part)
        if (chunk.length < room || cut === undefined) return
        isCut = true
        made += 1
        if (cut.kind === 'fin') for (const socket of [client, upstream]) socket.end()
        if (cut.kind === 'rst') {
          setTimeout(() => {
            for (const socket of [client, upstream]) socket.resetAndDestroy()
          }, 5)
        }
      })
      from.on('end', () => {
        if (!isCut) to.end()
      })
      from.on('close', () => {
        if (!isCut || cut?.kind === 'silence') to.destroy()
      })
    }
    pass('client', client, upstream)
    pass('server', upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the cutter has no port')
  return {
    port: address.port,
    cuts,
    seen,
    made: () => made,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Every cut there is of a conversation of so many bytes. */
export function allCuts(seen: Cutter['seen']): Cut[] {
  return cutKinds.flatMap((kind) =>
    cutDirections.flatMap((direction) =>
      Array.from({ length: seen[direction] }, (_, n) => ({ kind, direction, at: n + 1 })),
    ),
  )
}

/** mulberry32: the same seed draws the same cuts. */
function random(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Some of them, none twice; more than there are: every one. */
export function drawCuts(all: readonly Cut[], wanted: number, seed: number): Cut[] {
  const draw = random(seed)
  return all
    .map((cut) => ({ cut, order: draw() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, wanted)
    .map(({ cut }) => cut)
}
