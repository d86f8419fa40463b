// An IMAP server on loopback that does as it is told: any set of extensions, and the lies, refusals and
// silences of real servers. Folders live in memory.
import { createServer, type Server, type Socket } from 'node:net'
import { inSet, readWords, type Word } from './imapGrammar'

export interface ScriptedMail {
  uid: number
  raw: Buffer
  flags?: string[]
  /** RFC822.SIZE, when it is not the truth. */
  size?: number
  /** INTERNALDATE as the server words it. */
  internalDate?: string
}

export interface ScriptedFolder {
  mails: ScriptedMail[]
  /** null: the server does not say. */
  uidValidity: number | null
  /** By default one above the highest UID; null: the server does not say. */
  uidNext?: number | null
  specialUse?: string
}

export interface Command {
  readonly tag: string
  /** In capitals, with UID in front where it is a UID command. */
  readonly name: string
  readonly words: readonly Word[]
  readonly session: ScriptedSession
}

export interface ScriptedSession {
  readonly socket: Socket
  /** Writes as it is. */
  readonly say: (text: string | Buffer) => void
  /** Name of the open folder. */
  readonly selected: () => string | null
}

export interface Script {
  /** Besides IMAP4rev1. */
  capabilities?: readonly string[]
  /** Empty: it says nothing at all. */
  greeting?: string
  /** `null` in LIST: a server without hierarchy. */
  delimiter?: string | null
  /** Sees each command first; true: it has been answered, or never will be. */
  onCommand?: (command: Command) => boolean | Promise<boolean>
  /** What is written instead of these bytes. */
  change?: (bytes: Buffer, socket: Socket) => Buffer
  /** What FETCH gives of a mail instead of its item, e.g. a literal that lies; undefined: the truth. */
  bodyOf?: (
    mail: ScriptedMail,
    whole: Buffer,
    session: ScriptedSession,
    item: string,
  ) => Buffer | undefined
}

export interface ScriptedImap {
  readonly port: number
  readonly folders: Map<string, ScriptedFolder>
  /** May be changed while it runs. */
  script: Script
  /** Every command line received, without literals. */
  readonly lines: string[]
  /** Connections so far. */
  readonly connections: () => number
  readonly open: () => readonly ScriptedSession[]
  /** Adds a mail and tells idling sessions where the server can. */
  readonly deliver: (folder: string, mail: ScriptedMail) => void
  readonly stop: () => Promise<void>
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
const usualDate = '05-Jan-2026 10:00:00 +0000'

/** RFC 3501 §7.4.2, for mail of one text part. */
function structureOf(raw: Buffer): string {
  const body = raw.subarray(raw.indexOf('\r\n\r\n') + 4)
  const lines = body.toString('latin1').split('\n').length
  return `("text" "plain" ("charset" "utf-8") NIL NIL "8bit" ${String(body.length)} ${String(lines)})`
}

function sectionOf(raw: Buffer, section: string): Buffer {
  const split = raw.indexOf('\r\n\r\n') + 4
  if (section === '') return raw
  if (/^HEADER/i.test(section)) return raw.subarray(0, split)
  return raw.subarray(split)
}

export async function startScriptedImap(script: Script = {}): Promise<ScriptedImap> {
  const folders = new Map<string, ScriptedFolder>([
    ['INBOX', { mails: [], uidValidity: 7 }],
    ['Sent', { mails: [], uidValidity: 8, specialUse: '\\Sent' }],
  ])
  const lines: string[] = []
  const sessions = new Set<ScriptedSession & { idleTag: string | null }>()
  let connections = 0
  const server: Server = createServer((socket) => {
    connections += 1
    serve(socket)
  })

  const has = (name: string): boolean => (api.script.capabilities ?? []).includes(name)
  const uidsOf = (folder: ScriptedFolder): number[] => folder.mails.map(({ uid }) => uid)
  const nextOf = (folder: ScriptedFolder): number =>
    folder.uidNext ?? Math.max(0, ...uidsOf(folder)) + 1

  function serve(socket: Socket): void {
    let selected: string | null = null
    let buffer = Buffer.alloc(0)
    let literals: Buffer[] = []
    let line = ''
    let wanted = -1
    let queue = Promise.resolve()
    const say = (text: string | Buffer): void => {
      if (!socket.writable) return
      const { change } = api.script
      socket.write(change === undefined ? text : change(Buffer.from(text), socket))
    }
    const session = { socket, say, selected: () => selected, idleTag: null as string | null }
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
    socket.on('error', () => undefined)
    const greeting = api.script.greeting ?? '* OK ready'
    if (greeting !== '') say(`${greeting}\r\n`)

    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk])
      for (;;) {
        if (wanted >= 0) {
          if (buffer.length < wanted) return
          line += `\0${String(literals.length)}\0`
          literals.push(buffer.subarray(0, wanted))
          buffer = buffer.subarray(wanted)
          wanted = -1
        }
        const end = buffer.indexOf('\r\n')
        if (end < 0) return
        line += buffer.subarray(0, end).toString('latin1')
        buffer = buffer.subarray(end + 2)
        const literal = /\{(\d+)(\+?)\}$/.exec(line)
        if (literal !== null) {
          line = line.slice(0, literal.index)
          wanted = Number(literal[1])
          if (literal[2] === '') say('+ go on\r\n')
          continue
        }
        const [whole, held] = [line, literals]
        line = ''
        literals = []
        queue = queue
          .then(() => answer(whole, held))
          .catch(() => {
            socket.destroy()
          })
      }
    })

    const open = (): ScriptedFolder => {
      const folder = folders.get(selected ?? '')
      if (folder === undefined) throw new Error('no folder is open')
      return folder
    }

    const answer = async (text: string, held: readonly Buffer[]): Promise<void> => {
      lines.push(text)
      if (text.toUpperCase() === 'DONE') {
        if (session.idleTag !== null) say(`${session.idleTag} OK done\r\n`)
        session.idleTag = null
        return
      }
      const [tag = '', first = '', ...rest] = readWords(text, held)
      const isUid = String(first).toUpperCase() === 'UID'
      const [verb = '', ...words] = isUid ? rest : [first, ...rest]
      const name = `${isUid ? 'UID ' : ''}${String(verb).toUpperCase()}`
      const command: Command = { tag: String(tag), name, words, session }
      if ((await api.script.onCommand?.(command)) === true) return
      const handler = handlers[name]
      if (handler === undefined) say(`${command.tag} BAD unknown command\r\n`)
      else handler(command)
    }

    const ok = ({ tag }: Command, text = 'done'): void => say(`${tag} OK ${text}\r\n`)
    const no = ({ tag }: Command, text: string): void => say(`${tag} NO ${text}\r\n`)
    const textAt = (command: Command, at: number): string => String(command.words[at] ?? '')

    const list = (command: Command): void => {
      const delimiter = api.script.delimiter === undefined ? '/' : api.script.delimiter
      const between = delimiter === null ? 'NIL' : quote(delimiter)
      if (textAt(command, 1) === '') say(`* LIST (\\Noselect) ${between} ""\r\n`)
      else
        for (const [path, { specialUse }] of folders) {
          const use = specialUse !== undefined && has('SPECIAL-USE') ? ` ${specialUse}` : ''
          say(`* LIST (\\HasNoChildren${use}) ${between} ${quote(path)}\r\n`)
        }
      ok(command)
    }

    const select = (command: Command): void => {
      const name = textAt(command, 0)
      const folder = folders.get(/^inbox$/i.test(name) ? 'INBOX' : name)
      if (folder === undefined) {
        no(command, '[NONEXISTENT] no such folder')
        return
      }
      selected = /^inbox$/i.test(name) ? 'INBOX' : name
      say(`* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n`)
      say(`* ${String(folder.mails.length)} EXISTS\r\n* 0 RECENT\r\n`)
      if (folder.uidValidity !== null) say(`* OK [UIDVALIDITY ${String(folder.uidValidity)}] x\r\n`)
      if (folder.uidNext !== null) say(`* OK [UIDNEXT ${String(nextOf(folder))}] x\r\n`)
      if (has('CONDSTORE')) say('* OK [HIGHESTMODSEQ 9] x\r\n')
      ok(command, '[READ-WRITE] open')
    }

    const search = (command: Command): void => {
      const folder = open()
      const keys = command.words.map(String)
      let found = folder.mails
      for (let at = 0; at < keys.length; at += 1) {
        const key = keys[at]?.toUpperCase() ?? ''
        if (key === 'UID' || /^[\d,:*]+$/.test(key)) {
          const set = key === 'UID' ? (keys[(at += 1)] ?? '') : key
          const uids = new Set(inSet(set, uidsOf(folder)))
          found = found.filter(({ uid }) => uids.has(uid))
        } else if (key === 'HEADER') {
          const [header = '', value = ''] = [keys[at + 1], keys[at + 2]]
          at += 2
          found = found.filter(({ raw }) =>
            sectionOf(raw, 'HEADER')
              .toString('latin1')
              .split('\r\n')
              .some(
                (one) =>
                  one.toLowerCase().startsWith(`${header.toLowerCase()}:`) &&
                  one.toLowerCase().includes(value.toLowerCase()),
              ),
          )
        }
      }
      say(`* SEARCH ${found.map(({ uid }) => String(uid)).join(' ')}`.trimEnd() + '\r\n')
      ok(command)
    }

    const itemOf = (mail: ScriptedMail, item: string): Buffer | string => {
      const upper = item.toUpperCase()
      if (upper === 'UID') return `UID ${String(mail.uid)}`
      if (upper === 'FLAGS') return `FLAGS (${(mail.flags ?? ['\\Seen']).join(' ')})`
      if (upper === 'INTERNALDATE') return `INTERNALDATE ${quote(mail.internalDate ?? usualDate)}`
      if (upper === 'RFC822.SIZE') return `RFC822.SIZE ${String(mail.size ?? mail.raw.length)}`
      if (upper === 'BODYSTRUCTURE') return `BODYSTRUCTURE ${structureOf(mail.raw)}`
      if (upper === 'MODSEQ') return 'MODSEQ (9)'
      const [, section = '', , start, length] =
        /^BODY(?:\.PEEK)?\[([^\]]*)\](<(\d+)(?:\.(\d+))?>)?$/i.exec(item) ?? []
      const whole = sectionOf(mail.raw, section)
      const from = Number(start ?? 0)
      const part = whole.subarray(from, from + Number(length ?? whole.length))
      const origin = start === undefined ? '' : `<${start}>`
      const given = api.script.bodyOf?.(mail, part, session, item)
      if (given !== undefined) return given
      return Buffer.concat([
        Buffer.from(`BODY[${section}]${origin} {${String(part.length)}}\r\n`, 'latin1'),
        part,
      ])
    }

    const fetch = (command: Command): void => {
      const folder = open()
      const [set = '', items = []] = command.words
      const asked = (Array.isArray(items) ? items : [items]).map(String)
      const uids = new Set(inSet(String(set), uidsOf(folder)))
      for (const [at, mail] of folder.mails.entries()) {
        if (!uids.has(mail.uid)) continue
        const parts = asked.map((item) => itemOf(mail, item))
        const bytes = parts.flatMap((part, n) => [
          Buffer.from(n === 0 ? '' : ' '),
          typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
        ])
        say(
          Buffer.concat([
            Buffer.from(`* ${String(at + 1)} FETCH (`),
            ...bytes,
            Buffer.from(')\r\n'),
          ]),
        )
      }
      ok(command)
    }

    const append = (command: Command): void => {
      const folder = folders.get(textAt(command, 0))
      if (folder === undefined) {
        no(command, '[TRYCREATE] no such folder')
        return
      }
      const uid = nextOf(folder)
      const flags = command.words.find(Array.isArray)?.map(String) ?? []
      const raw = Buffer.from(textAt(command, command.words.length - 1), 'latin1')
      folder.mails.push({ uid, raw, flags, internalDate: usualDate })
      const code = `[APPENDUID ${String(folder.uidValidity)} ${String(uid)}] `
      ok(command, `${has('UIDPLUS') ? code : ''}stored`)
    }

    const handlers: Readonly<Record<string, (command: Command) => void>> = {
      CAPABILITY: (command) => {
        say(`* CAPABILITY ${['IMAP4rev1', ...(api.script.capabilities ?? [])].join(' ')}\r\n`)
        ok(command)
      },
      LOGIN: (command) => ok(command, 'welcome'),
      NOOP: ok,
      CHECK: ok,
      ID: (command) => {
        say('* ID NIL\r\n')
        ok(command)
      },
      ENABLE: (command) => {
        say('* ENABLED\r\n')
        ok(command)
      },
      NAMESPACE: (command) => {
        say('* NAMESPACE (("" "/")) NIL NIL\r\n')
        ok(command)
      },
      LIST: list,
      LSUB: (command) => ok(command),
      SUBSCRIBE: ok,
      SELECT: select,
      EXAMINE: select,
      CLOSE: (command) => {
        selected = null
        ok(command)
      },
      CREATE: (command) => {
        folders.set(textAt(command, 0), { mails: [], uidValidity: 9 + folders.size })
        ok(command)
      },
      STATUS: (command) => {
        const folder = folders.get(textAt(command, 0))
        if (folder === undefined) return no(command, '[NONEXISTENT] none')
        say(
          `* STATUS ${quote(textAt(command, 0))} (MESSAGES ${String(folder.mails.length)} ` +
            `UIDNEXT ${String(nextOf(folder))} UIDVALIDITY ${String(folder.uidValidity ?? 0)})\r\n`,
        )
        return ok(command)
      },
      'UID SEARCH': search,
      'UID FETCH': fetch,
      'UID STORE': ok,
      APPEND: append,
      IDLE: ({ tag }) => {
        session.idleTag = tag
        say('+ idling\r\n')
      },
      LOGOUT: (command) => {
        say('* BYE bye\r\n')
        ok(command)
        socket.end()
      },
    }
  }

  const api: ScriptedImap = {
    port: 0,
    folders,
    script,
    lines,
    connections: () => connections,
    open: () => [...sessions],
    deliver: (name, mail) => {
      const folder = folders.get(name)
      if (folder === undefined) throw new Error(`no folder ${name}`)
      folder.mails.push(mail)
      for (const session of sessions) {
        if (session.idleTag === null || session.selected() !== name) continue
        session.say(`* ${String(folder.mails.length)} EXISTS\r\n`)
      }
    },
    stop: async () => {
      for (const { socket } of sessions) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return Object.assign(api, { port: address.port })
}
