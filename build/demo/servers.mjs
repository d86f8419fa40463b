// A mail server for one desk, in this process and on loopback only: hoodiecrow-imap for reading,
// smtp-server for sending. Nothing leaves the machine; what is sent to people is kept per person.
import { createRequire } from 'node:module'
import { SMTPServer } from 'smtp-server'
import { mailboxOf } from './people.mjs'

const require = createRequire(import.meta.url)
const hoodiecrow = require('hoodiecrow-imap')
const fetchBody = require('hoodiecrow-imap/lib/commands/handlers/fetch').BODY

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const two = (number) => String(number).padStart(2, '0')

/** RFC 3501 date-time. Hoodiecrow's own formatting is wrong for some time zones. */
function internalDate(at) {
  const date = new Date(at)
  const day = `${two(date.getUTCDate())}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()}`
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
  return `${day} ${time} +0000`
}

/** Hoodiecrow forgets the length of a partial fetch after the first mail; this keeps it for all. */
function keepPartials(imap) {
  const asked = new WeakMap()
  const handler = (connection, message, query) => {
    const partial = asked.get(query) ?? query.partial
    if (!partial) return fetchBody(connection, message, query)
    asked.set(query, partial)
    query.partial = [...partial]
    const answer = fetchBody(connection, message, query)
    // The answer names where it begins, not how much was asked for (RFC 3501 7.4.2).
    query.partial = partial.slice(0, 1)
    return answer
  }
  imap.fetchHandlers.BODY = handler
  imap.fetchHandlers['BODY.PEEK'] = handler
}

const listening = (server, ...args) =>
  new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(...args, () => done())
  })

async function startImap({ user, password }) {
  const imap = hoodiecrow({
    plugins: ['ID', 'SASL-IR', 'AUTH-PLAIN', 'NAMESPACE', 'IDLE', 'ENABLE', 'LITERALPLUS'].concat([
      'SPECIAL-USE',
      'UNSELECT',
      'UIDPLUS',
      'MOVE',
      'CREATE-SPECIAL-USE',
    ]),
    users: { [user]: { password } },
    storage: {
      INBOX: { messages: [] },
      '': { separator: '/', folders: { Sent: { 'special-use': '\\Sent', messages: [] } } },
    },
  })
  keepPartials(imap)
  const sockets = new Set()
  imap.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listening(imap.server, 0, '127.0.0.1')
  return {
    port: imap.server.address().port,
    /** @param {Buffer} raw */
    append: (folder, raw, { at, isSeen }) => {
      // It keeps sources as one character per byte.
      const source = raw.toString('latin1')
      imap.appendMessage(folder, isSeen ? ['\\Seen'] : [], internalDate(at), source)
    },
    sources: (folder) => imap.getMailbox(folder).messages.map(({ raw }) => raw),
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => imap.server.close(done))
    },
  }
}

async function readAll(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function startSmtp({ user, password, onMail }) {
  const smtp = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: ({ username, password: given }, _session, answer) => {
      if (username === user && given === password) answer(null, { user })
      else answer(new Error('Wrong user or password'))
    },
    onData: (stream, { envelope }, answer) => {
      const to = envelope.rcptTo.map(({ address }) => address)
      readAll(stream)
        .then((raw) => onMail({ from: envelope.mailFrom?.address ?? '', to, raw }))
        .then(() => answer(null, 'queued'), answer)
    },
  })
  smtp.on('error', () => undefined)
  await listening(smtp, 0, '127.0.0.1')
  return {
    port: smtp.server.address().port,
    stop: () => new Promise((done) => smtp.close(done)),
  }
}

const authentication = (server, from, verdict) =>
  `Authentication-Results: ${server}; dmarc=${verdict} header.from=${from.split('@').pop()}`

/**
 * @param {{ support: string, server: string, password: string }} desk `server` is the name that
 *   signs Authentication-Results
 */
export async function startServers({ support, server, password }) {
  const login = { user: support, password }
  const imap = await startImap(login)
  const listeners = new Set()

  /** Into the desk's INBOX, with what a receiving server writes on top. */
  function deliver({
    from,
    raw,
    at = Date.now(),
    verdict = 'pass',
    author = from,
    isSeen = false,
  }) {
    const top = [
      `Return-Path: <${from}>`,
      `Delivered-To: ${support}`,
      authentication(server, author, verdict),
      `Received: from [127.0.0.1] by ${server} with ESMTP; ${new Date(at).toUTCString()}`,
    ]
    const bytes = Buffer.concat([Buffer.from(`${top.join('\r\n')}\r\n`), raw])
    imap.append('INBOX', bytes, { at, isSeen })
  }

  async function onMail({ from, to, raw }) {
    const mail = { from, to, raw, at: Date.now() }
    for (const address of to) {
      if (mailboxOf(address) === support) deliver({ from, raw })
    }
    for (const listener of listeners) listener(mail)
  }

  const smtp = await startSmtp({ ...login, onMail }).catch(async (error) => {
    await imap.stop()
    throw error
  })

  return {
    imapPort: imap.port,
    smtpPort: smtp.port,
    deliver,
    fileSent: (raw, at) => imap.append('Sent', raw, { at, isSeen: true }),
    sentFolder: () => imap.sources('Sent'),
    /** Calls back for each mail the desk hands over, with envelope and bytes. */
    onSent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => Promise.all([imap.stop(), smtp.stop()]),
  }
}
