// A DNS server on loopback that knows a few SRV and MX records (RFC 1035, RFC 2782) and denies all else.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export interface Zone {
  /** By service name, e.g. `_imaps._tcp.firm.org`: priority, weight, port, target. */
  readonly srv?: Readonly<Record<string, readonly [number, number, number, string][]>>
  /** By domain: preference, exchange. */
  readonly mx?: Readonly<Record<string, readonly [number, string][]>>
}

export interface DnsServer {
  readonly port: number
  /** Every name that was asked for. */
  readonly asked: string[]
  readonly stop: () => Promise<void>
}

const typeOf = { srv: 33, mx: 15 }

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  return Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ])
}

function readQuestion(packet: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = packet.readUInt8(at); length > 0; length = packet.readUInt8(at)) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: packet.readUInt16BE(at + 1), end: at + 5 }
}

const shorts = (...values: number[]): Buffer =>
  Buffer.from(values.flatMap((value) => [value >> 8, value & 255]))

function answersTo({ srv = {}, mx = {} }: Zone, name: string, type: number): Buffer[] {
  if (type === typeOf.srv)
    return (srv[name] ?? []).map(([priority, weight, port, target]) =>
      Buffer.concat([shorts(priority, weight, port), encodeName(target)]),
    )
  if (type === typeOf.mx)
    return (mx[name] ?? []).map(([preference, exchange]) =>
      Buffer.concat([shorts(preference), encodeName(exchange)]),
    )
  return []
}

export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (packet, { port, address }) => {
    const { name, type, end } = readQuestion(packet)
    asked.push(name)
    const found = answersTo(zone, name, type)
    const header = Buffer.concat([
      packet.subarray(0, 2),
      // Response, recursion available; NXDOMAIN where nothing is known.
      shorts(found.length > 0 ? 0x8180 : 0x8183, 1, found.length, 0, 0),
    ])
    const records = found.map((data) =>
      Buffer.concat([shorts(0xc00c, type, 1, 0, 60, data.length), data]),
    )
    socket.send(Buffer.concat([header, packet.subarray(12, end), ...records]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    asked,
    stop: () => new Promise((done) => socket.close(() => done())),
  }
}
