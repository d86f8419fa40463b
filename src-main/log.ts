// One JSON line per event: `log.info('outbox', 'sent', { itemId })`. Usable anywhere in main; until
// startLogging() says where to, lines go nowhere, so tests and the command line stay quiet.

import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { redact } from './redact'

export { hideSecret } from './redact'

const levels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof levels)[number]

type Write = (channel: string, event: string, fields?: Record<string, unknown>) => void
export type Log = Readonly<Record<LogLevel, Write>>

export interface LogOptions {
  /** Least level that is written; `info` when not given. */
  readonly level?: LogLevel
  readonly write: (line: string) => void
  readonly now?: () => number
}

export function createLog({ level = 'info', write, now = Date.now }: LogOptions): Log {
  const least = levels.indexOf(level)
  const writer =
    (own: LogLevel): Write =>
    (channel, event, fields) => {
      if (levels.indexOf(own) < least) return
      try {
        const line = { at: new Date(now()).toISOString(), level: own, channel, event }
        write(JSON.stringify(fields ? { ...line, ...(redact({ fields }) as object) } : line))
      } catch {
        // A full disk or an object that throws when read: a log line never stops the work it tells of.
      }
    }
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  }
}

export interface LogFileOptions {
  readonly path: string
  readonly maxBytes?: number
  /** How many older files stay beside the current one. */
  readonly keep?: number
}

/** Appends lines to a file readable by its owner only; at `maxBytes` it becomes `.1`, `.1` becomes `.2`. */
export function createLogFile({ path, maxBytes = 2_000_000, keep = 2 }: LogFileOptions) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let file = openSync(path, 'a', 0o600)
  let size = fstatSync(file).size

  const rotate = (): void => {
    closeSync(file)
    try {
      for (let n = keep; n >= 1; n--) {
        const older = n === 1 ? path : `${path}.${n - 1}`
        if (existsSync(older)) renameSync(older, `${path}.${n}`)
      }
    } finally {
      file = openSync(path, 'a', 0o600)
      size = fstatSync(file).size
    }
  }

  return {
    write: (line: string): void => {
      const bytes = Buffer.from(`${line}\n`)
      if (size > 0 && size + bytes.length > maxBytes) rotate()
      size += writeSync(file, bytes)
    },
    close: (): void => closeSync(file),
  }
}

let current: Log | null = null

/** Hands each line to the process that owns the log file, redacted here, where this run's secrets are known. */
export function forwardLogging(
  send: (level: LogLevel, channel: string, event: string, fields: object) => void,
): void {
  const writer =
    (level: LogLevel): Write =>
    (channel, event, fields) => {
      send(level, channel, event, redact({ ...fields }) as object)
    }
  current = {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  }
}

const forward =
  (level: LogLevel): Write =>
  (channel, event, fields) =>
    current?.[level](channel, event, fields)

export const log: Log = {
  debug: forward('debug'),
  info: forward('info'),
  warn: forward('warn'),
  error: forward('error'),
}

export interface LoggingOptions {
  readonly file?: string
  readonly stderr?: boolean
  readonly level?: LogLevel
}

/** Says where `log` writes, for the life of the process or until the returned function is called. */
export function startLogging({ file, stderr = false, level = 'info' }: LoggingOptions): () => void {
  const sink = file === undefined ? null : createLogFile({ path: file })
  current = createLog({
    level,
    write: (line) => {
      if (stderr) process.stderr.write(`${line}\n`)
      sink?.write(line)
    },
  })
  return () => {
    current = null
    sink?.close()
  }
}
