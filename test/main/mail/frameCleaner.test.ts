// Large mail is sanitised in a worker, by the same function; what takes too long or breaks is refused.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFrameCleaner } from '#main/mail/frameCleaner'
import { frameHtml, type FrameJob } from '#main/mail/frameHtml'
import { extrasOf, frameIdOf, mailIdOf } from '#main/tickets/frameId'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cleaner-'))
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: resolve('src-main/mail/frameWorker.ts'),
      outDir: dir,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'frameWorker.cjs' } },
    },
  })
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const job = (html: string, extras: Partial<FrameJob> = {}): FrameJob => ({
  html,
  text: 'A line.',
  isAnswer: false,
  parts: new Map([['logo@x', 'a1']]),
  isWhole: false,
  withQuote: false,
  withImages: false,
  ...extras,
})
const line = '<p onclick="x()">A line. <img src="cid:logo@x"><img src="https://x.test/a.png"></p>'

it('gives the same in a worker', async () => {
  const clean = createFrameCleaner(join(dir, 'frameWorker.cjs'))
  const jobs = [
    job(line),
    job(line.repeat(4_000)),
    job(line.repeat(4_000), { isWhole: true, withImages: true }),
  ]
  const cleaned = await Promise.all(jobs.map(clean))
  expect(cleaned).toEqual(jobs.map(frameHtml))
  expect(cleaned.map(({ isCut }) => isCut)).toEqual([false, true, false])
  expect(cleaned.map(({ partsDiffer }) => partsDiffer)).toEqual([false, false, false])
  expect((await clean({ ...job(line), text: 'Something else.' })).partsDiffer).toBe(true)
  expect(cleaned[2]?.html).toContain('<img src="part/a1" /><img src="remote/3999" />')
})

it.each([
  ['crashes', 'process.exit(1)'],
  ['throws', "throw new Error('broken')"],
  ['hangs', 'for (;;) ;'],
])('refuses a mail when the worker %s, and takes the next', async (_, code) => {
  const file = join(dir, 'broken.cjs')
  await writeFile(file, code)
  const clean = createFrameCleaner(file, 300)
  await expect(clean(job(line.repeat(4_000)))).rejects.toThrow(/broken|too long/)
  await expect(clean(job(line.repeat(4_000)))).rejects.toThrow(/broken|too long/)
  expect(await clean(job(line))).toEqual(frameHtml(job(line)))
})

it('is one frame for each thing that is shown', () => {
  const both = [false, true]
  const all = both.flatMap((isWhole) =>
    both.flatMap((withQuote) => both.map((withImages) => ({ isWhole, withQuote, withImages }))),
  )
  const ids = all.map((extras) => frameIdOf('abc', extras))
  expect(new Set(ids).size).toBe(8)
  expect(ids.map(extrasOf)).toEqual(all)
  expect(new Set(ids.map(mailIdOf))).toEqual(new Set(['abc']))
})
