import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog, createLogFile, hideSecret, log, startLogging, type LogLevel } from '#main/log'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copydesk-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function lines(fields: Record<string, unknown>, level: LogLevel = 'debug'): string[] {
  const written: string[] = []
  createLog({ level, write: (line) => written.push(line), now: () => 0 }).info('a', 'b', fields)
  return written
}
const line = (fields: Record<string, unknown>): string => lines(fields).join('')

describe('a log line', () => {
  it('is one JSON object with time, level, channel, event and fields', () => {
    expect(JSON.parse(line({ itemId: 'k1', attempt: 2 }))).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      level: 'info',
      channel: 'a',
      event: 'b',
      fields: { itemId: 'k1', attempt: 2 },
    })
  })

  it('stays one line whatever the fields hold', () => {
    expect(line({ server: 'x\r\n{"level":"error"}' })).not.toMatch(/[\r\n]/)
  })

  it('is dropped below the level', () => {
    expect(lines({}, 'warn')).toEqual([])
  })

  it('never throws, even for an object that does when it is read', () => {
    const trap = {
      get bad(): string {
        throw new Error('trap')
      },
    }
    expect(lines({ trap })).toEqual([])
    const loop: Record<string, unknown> = {}
    loop.self = loop
    expect(line({ loop })).toContain('[deep]')
    expect(line({ big: 1n, fn: () => 1, when: new Date(0), map: new Map([['k', 1]]) })).toContain(
      '"1"',
    )
  })
})

describe('redaction', () => {
  const people = [
    'ana@desk.test',
    'Ana.Ruiz+tag@Desk.Test',
    '"ana ruiz"@desk.test',
    'ana@[127.0.0.1]',
    'añа@dесk.test',
    'ana%40desk.test',
    "o'neil@desk.test",
  ]

  it.each(people)('masks %s in any field, key, message and stack', (address) => {
    const error = new Error(`550 <${address}>: user unknown`, { cause: new Error(address) })
    const text = line({
      to: [address, { deep: `Name <${address}>, x` }],
      [address]: 1,
      url: `imap://${address}/INBOX`,
      error,
    })
    expect(text.toLowerCase()).not.toContain(address.toLowerCase())
    expect(text.toLowerCase()).not.toContain('desk.test')
    expect(text).toContain('[address ')
    expect(text).toContain('user unknown')
  })

  it('marks one address alike in every line', () => {
    const marks = line({ a: 'ana@desk.test', b: 'ANA@desk.test' }).match(/\[address \w+\]/g)
    expect(new Set(marks).size).toBe(1)
  })

  it.each([
    'password',
    'text',
    'html',
    'body',
    'subject',
    'imapPassword',
    'accessToken',
    'preview',
  ])('hides whatever is called %s', (name) => {
    expect(line({ [name]: 'canary', deep: [{ [name]: { x: 'canary' } }] })).not.toContain('canary')
  })

  it('hides a known password wherever it turns up, also where the text is cut', () => {
    hideSecret('s3cret phrase')
    const error = new Error('LOGIN failed: s3cret phrase')
    expect(line({ error, tail: `${'x'.repeat(1_995)}s3cret phrase` })).not.toContain('s3cret')
  })

  it('keeps bytes out and long texts short', () => {
    expect(line({ a: Buffer.from('canary') })).toContain('[6 bytes]')
    expect(line({ a: 'x'.repeat(1_000_000), b: new Array(10_000).fill('y') }).length).toBeLessThan(
      4_000,
    )
  })

  it('lets no address through from any text', () => {
    const part = fc.stringMatching(/^[a-z0-9.+_-]{3,12}$/)
    fc.assert(
      fc.property(part, part, fc.string(), fc.string(), (local, domain, before, after) => {
        const address = `${local}@${domain}.test`
        expect(line({ note: `${before} ${address} ${after}` })).not.toContain(address)
      }),
    )
  })
})

describe('the log file', () => {
  it('rotates at its cap, keeps two older files and loses no line in between', () => {
    const file = createLogFile({
      path: join(folder, 'logs', 'copydesk.log'),
      maxBytes: 100,
      keep: 2,
    })
    for (let n = 0; n < 12; n++) file.write(`line ${n}`.padEnd(40, '.'))
    file.close()
    const names = readdirSync(join(folder, 'logs')).sort()
    expect(names).toEqual(['copydesk.log', 'copydesk.log.1', 'copydesk.log.2'])
    const kept = ['copydesk.log.2', 'copydesk.log.1', 'copydesk.log']
      .map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))
      .join('')
    expect(kept.match(/line \d+/g)).toEqual([6, 7, 8, 9, 10, 11].map((n) => `line ${n}`))
  })

  it('is readable by its owner only', () => {
    const path = join(folder, 'copydesk.log')
    createLogFile({ path }).close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('receives what any module logs once logging has started, and nothing after it stopped', () => {
    const path = join(folder, 'copydesk.log')
    log.info('a', 'before')
    const stop = startLogging({ file: path })
    log.info('a', 'during')
    log.debug('a', 'detail')
    stop()
    log.info('a', 'after')
    expect(readFileSync(path, 'utf8').match(/"event":"\w+"/g)).toEqual(['"event":"during"'])
  })
})
