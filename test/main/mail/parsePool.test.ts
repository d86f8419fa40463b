import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseFetched } from '#main/mail/parse'
import { createParsePool } from '#main/mail/parsePool'
import type { FetchedMail } from '#main/mail/types'
import { generateMail } from '#support/servers/genMail'

let dir: string
let workerFile: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pool-'))
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: resolve('src-main/mail/parseWorker.ts'),
      outDir: dir,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'parseWorker.cjs' } },
    },
  })
  workerFile = join(dir, 'parseWorker.cjs')
})
afterAll(() => rm(dir, { recursive: true, force: true }))

function fetched(count: number): FetchedMail[] {
  return [...generateMail({ count, seed: 3 })].map(({ raw, index }) => ({
    uid: index + 1,
    flags: [],
    internalAt: 0,
    size: raw.length,
    window: raw,
  }))
}

describe('the parse pool', () => {
  it('answers in order, like the parser itself', async () => {
    const pool = createParsePool({ workerFile, size: 2 })
    const batches = [fetched(60), fetched(25), []]
    const answers = await Promise.all(batches.map((batch) => pool.parse(batch)))
    expect(answers).toEqual(batches.map((batch) => batch.map(parseFetched)))
    await pool.stop()
  })

  it('parses on the calling thread when there is no worker', async () => {
    const pool = createParsePool()
    const batch = fetched(3)
    expect(await pool.parse(batch)).toEqual(batch.map(parseFetched))
    await pool.stop()
  })

  it.each([
    ['crashes', 'process.exit(1)'],
    ['throws', "throw new Error('broken')"],
    ['hangs', 'for (;;) ;'],
  ])('costs one mail when the worker %s', async (_, code) => {
    const file = join(dir, 'poison.cjs')
    await writeFile(
      file,
      `const { parentPort } = require('node:worker_threads')
       parentPort.on('message', ({ id, bytes, cuts }) => {
         const out = []
         let start = 0
         for (const end of cuts) {
           const text = Buffer.from(bytes.buffer, start, end - start).toString()
           start = end
           if (text === 'poison') { ${code} }
           out.push({ rfcId: text })
         }
         parentPort.postMessage({ id, mails: out })
       })`,
    )
    const pool = createParsePool({ workerFile: file, size: 1, hangMs: 400 })
    const mail = (text: string): FetchedMail => ({
      uid: 1,
      flags: [],
      internalAt: 0,
      size: 1,
      window: Buffer.from(text),
    })
    const answers = await pool.parse(['a', 'b', 'poison', 'c', 'poison', 'd'].map(mail))
    expect(answers.map((one) => (one.problem ? 'problem' : one.rfcId))).toEqual([
      'a',
      'b',
      'problem',
      'c',
      'problem',
      'd',
    ])
    expect((await pool.parse([mail('e')]))[0]?.rfcId).toBe('e')
    await pool.stop()
    await expect(pool.parse([mail('f')])).rejects.toThrow('stopped')
  })
})
