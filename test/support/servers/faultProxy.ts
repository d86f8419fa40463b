// A TCP proxy that breaks the conversation at an exact byte: reset, orderly end or silence, in either
// direction; it can also slow it down.
import { createConnection, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export type FaultKind = 'rst' | 'fin' | 'blackhole'

export type Fault = {
  kind: FaultKind
  /** `client`: counts bytes the client sends; `server`: bytes the server sends. */
  direction: 'client' | 'server'
  /** So many bytes pass, then it breaks. */
  afterBytes: number
}

export type Session = { clientBytes: number; serverBytes: number; hasBroken: boolean }

export type FaultProxy = {
  port: number
  /** Applies to connections that are opened later; null lets everything pass. */
  setFault: (fault: Fault | null) => void
  /** Breaks as soon as the bytes sent so far in a direction contain `text`; the text itself passes. */
  breakAfterText: (direction: Fault['direction'], text: string, kind: FaultKind) => void
  /** Breaks instead of passing on the chunk that holds `text`: the sender has said it, nobody has heard it. */
  breakBeforeText: (direction: Fault['direction'], text: string, kind: FaultKind) => void
  /** ms before each chunk is passed on. */
  setDelay: (ms: number) => void
  /**
   * From now on no byte passes and nothing is closed, on any connection, old or new; what is called when it is enough
   * lets everything pass that was kept.
   */
  hold: () => () => void
  /** Ends all connections by reset, now. */
  dropAll: () => void
  /** What passed through each connection so far, oldest first. */
  sessions: Session[]
  stop: () => Promise<void>
}

type Plan = {
  fault: Fault | null
  text: { direction: Fault['direction']; text: string; kind: FaultKind; isBefore: boolean } | null
}

function breakBoth(kind: FaultKind, client: Socket, server: Socket): void {
  if (kind === 'blackhole') {
    // Nothing passes any more, and nobody is told.
    client.pause()
    server.pause()
    return
  }
  if (kind === 'fin') {
    client.end()
    server.end()
  } else {
    client.resetAndDestroy()
    server.resetAndDestroy()
  }
}

/** Starts a proxy in front of 127.0.0.1:`target`. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  const sessions: Session[] = []
  let plan: Plan = { fault: null, text: null }
  let pause = 0
  let held = Promise.resolve()

  const server = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    const session: Session = { clientBytes: 0, serverBytes: 0, hasBroken: false }
    const current = plan
    sessions.push(session)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    pass('client', client, upstream)
    pass('server', upstream, client)

    function pass(direction: Fault['direction'], from: Socket, to: Socket): void {
      let seen = ''
      let queue = Promise.resolve()
      const key = direction === 'client' ? 'clientBytes' : 'serverBytes'
      const send = async (chunk: Buffer) => {
        if (pause > 0) await delay(pause)
        await held
        if (session.hasBroken) return
        const { fault, text } = current
        const isCut =
          fault?.direction === direction && session[key] + chunk.length >= fault.afterBytes
        let part = isCut ? chunk.subarray(0, fault.afterBytes - session[key]) : chunk
        let kind = isCut ? fault.kind : null
        if (text?.direction === direction) {
          seen = (seen + part.toString('latin1')).slice(-4_096)
          if (seen.includes(text.text)) {
            kind = text.kind
            if (text.isBefore) part = chunk.subarray(0, 0)
          }
        }
        session[key] += part.length
        if (kind !== null) session.hasBroken = true
        // What passed before the break must arrive, or the break would come too early.
        if (part.length > 0) await new Promise((resolve) => to.write(part, resolve))
        if (kind === null) return
        if (kind === 'rst') await delay(30)
        breakBoth(kind, client, upstream)
      }
      from.on('data', (chunk: Buffer) => {
        queue = queue.then(() => send(chunk))
      })
      from.on('end', () => {
        queue = queue.then(async () => {
          await held
          if (!session.hasBroken) to.end()
        })
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  const dropAll = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: address.port,
    setFault: (fault) => {
      plan = { fault, text: null }
    },
    breakAfterText: (direction, text, kind) => {
      plan = { fault: null, text: { direction, text, kind, isBefore: false } }
    },
    breakBeforeText: (direction, text, kind) => {
      plan = { fault: null, text: { direction, text, kind, isBefore: true } }
    },
    setDelay: (ms) => {
      pause = ms
    },
    hold: () => {
      let release: () => void = () => undefined
      held = new Promise((resolve) => (release = resolve))
      return () => {
        release()
      }
    },
    dropAll,
    sessions,
    stop: async () => {
      dropAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
