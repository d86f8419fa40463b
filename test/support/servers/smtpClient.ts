// A plain SMTP client for tests: independent of what it tests, and free to send what no library would.
import { createConnection, type Socket } from 'node:net'

export type Reply = { code: number; text: string }

function reader(socket: Socket): () => Promise<Reply> {
  let buffer = ''
  const waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = []
  const ready: Reply[] = []
  let failure: Error | null = null
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1')
    for (;;) {
      // The last line of a reply has a blank after its code (RFC 5321 4.2.1).
      const match = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\n/.exec(buffer)
      if (match === null) return
      buffer = buffer.slice(match[0].length)
      const reply = { code: Number(match[1]), text: match[0].trim() }
      const next = waiting.shift()
      if (next === undefined) ready.push(reply)
      else next.resolve(reply)
    }
  })
  const fail = (error: Error) => {
    failure = error
    for (const one of waiting.splice(0)) one.reject(error)
  }
  socket.once('error', fail)
  socket.once('close', () => fail(new Error('the SMTP server closed the connection')))
  return () =>
    new Promise((resolve, reject) => {
      const reply = ready.shift()
      if (reply !== undefined) resolve(reply)
      else if (failure !== null) reject(failure)
      else waiting.push({ resolve, reject })
    })
}

/**
 * Sends one mail without AUTH, as a stranger's server would. Throws with the reply when the sender,
 * every recipient or the mail is refused; returns the refused recipients.
 */
export async function smtpDeliver(
  port: number,
  envelope: { from: string; to: readonly string[]; ehlo?: string },
  raw: Buffer | string,
): Promise<string[]> {
  const socket = createConnection(port, '127.0.0.1')
  const next = reader(socket)
  const say = async (line: string, expected: number): Promise<Reply> => {
    socket.write(`${line}\r\n`, 'latin1')
    const reply = await next()
    if (Math.floor(reply.code / 100) !== expected) throw new Error(reply.text)
    return reply
  }
  try {
    await next()
    await say(`EHLO ${envelope.ehlo ?? 'client.test'}`, 2)
    await say(`MAIL FROM:<${envelope.from}>`, 2)
    const refused: string[] = []
    for (const address of envelope.to) {
      await say(`RCPT TO:<${address}>`, 2).catch(() => refused.push(address))
    }
    if (refused.length === envelope.to.length) throw new Error(`refused: ${refused.join(', ')}`)
    await say('DATA', 3)
    const text = (typeof raw === 'string' ? Buffer.from(raw) : raw).toString('latin1')
    socket.write(text.replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..'), 'latin1')
    await say(text.endsWith('\n') ? '.' : '\r\n.', 2)
    socket.end('QUIT\r\n')
    return refused
  } finally {
    socket.destroySoon()
  }
}
