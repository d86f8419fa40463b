// Every procedure of the contract is given thousands of inputs, sound ones and hostile ones, through
// the same door the window uses. Each is answered: refused with a reason or done. None breaks the app,
// and what is refused leaves no trace.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Host } from '#main/host'
import { createHandlers } from '#main/ipc/handlers'
import { createServe, type Serve } from '#main/ipc/serve'
import { log as realLog, type Log } from '#main/log'
import { contract, type BulkInput } from '#shared/ipc/contract'
import { aMail, feed, rows } from '#support/feedMails'
import { until } from '#support/joinDesk'
import { startDesk, type Desk } from '#support/startDesk'

const perProcedure = Number(process.env.IPC_FUZZ_RUNS ?? 1_000)
const seed = Number(process.env.IPC_FUZZ_SEED ?? 20_261_125)

let desk: Desk
let serve: Serve
let lastError: unknown
let known: string[] = ['']

const host: Host = {
  frameHeight: () => Promise.resolve(10),
  purify: (html) => Promise.resolve(html),
  openExternal: () => Promise.resolve(),
  saveFile: () => Promise.resolve(true),
  openFile: () => Promise.resolve(),
  takeRequest: () => null,
  print: () => Promise.resolve(),
  savePdf: () => Promise.resolve(true),
  saveLines: () => Promise.resolve(true),
  showFile: () => undefined,
}

/** Every event of a desk is folded after each that is new: beyond so many, the fuzzing would measure only that. */
const mostEvents = 60

async function found(): Promise<void> {
  desk = await startDesk()
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: 'help@desk.test',
    subject: 'Printer',
    messageId: '<first@customer.test>',
    text: 'It burns.',
  })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  known = (await rows(desk)).map(({ id }) => id)
  const log: Log = {
    ...realLog,
    error: (_part, _what, detail) => {
      lastError = detail
    },
  }
  const images = { count: 0, trackers: 0, isChosen: false, sender: null }
  const leftOutOf = () =>
    Promise.resolve({ hasRemote: false, hasQuote: false, isCut: false, partsDiffer: false, images })
  const handlers = createHandlers({
    engine: desk.engine,
    host,
    leftOutOf,
    about: { version: '0', folder: desk.profile },
  })
  serve = createServe(contract, handlers, { checkOutput: true, log })
}

/** A bulk reply goes on behind its answer: its traces are its own, not those of what is asked next. */
async function bulkEnds(id: string): Promise<void> {
  await until(async () => {
    const answer = await serve('bulk.get', { id })
    return answer.ok && contract.bulk.get.output.parse(answer.value)?.state !== 'running'
  })
}

/** Another desk in place of one that has grown. */
async function renew(): Promise<void> {
  const row = await desk.core.db.read.first<{ n: number }>(
    'SELECT count(*) AS n FROM journal_event',
  )
  if ((row?.n ?? 0) <= mostEvents) return
  await desk.stop()
  await found()
}

beforeAll(found, 120_000)
afterAll(() => desk.stop())

const made = (make: () => unknown): fc.Arbitrary<unknown> => fc.constant(null).map(make)
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, NaN, Infinity, -0, 2 ** 53, -1, true, '', [], {}),
  fc.constantFrom<unknown>('__proto__', '../../etc/passwd', "'; DROP TABLE ticket; --", '\0'),
  fc.constantFrom<unknown>('x'.repeat(100_000), '%', '\ud800', 'a@b\r\nBcc: c@d.test', '\u202e'),
  made(() => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"a":1}}}')),
  made(() => new Array(10_000).fill('x')),
  made(() => new Map([['a', 1]])),
  made(() => () => 'a function'),
  fc.bigInt(),
  fc.anything({ maxDepth: 3 }),
)

interface Shape {
  readonly type: string
  readonly shape?: Record<string, z.ZodType>
  readonly element?: z.ZodType
  readonly innerType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly entries?: Record<string, unknown>
  readonly values?: readonly unknown[]
}

const texts = ['carol@customer.test', 'new@x.test', 'ben@desk.test', 'Words', 'first@customer.test']

/** What the schema asks for, with ids that exist, and here and there something hostile. */
function like(schema: z.ZodType, depth = 0): fc.Arbitrary<unknown> {
  const { type, shape, element, innerType, options, entries, values } = schema._zod
    .def as unknown as Shape
  const inside = (one: z.ZodType | undefined) =>
    one === undefined || depth > 6 ? hostile : like(one, depth + 1)
  const sound = (): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'object': {
        const fields = Object.entries(shape ?? {}).map(
          ([name, one]) => [name, inside(one)] as const,
        )
        const model = Object.fromEntries(fields)
        return fc.oneof(
          { weight: 6, arbitrary: fc.record(model) },
          { weight: 1, arbitrary: fc.record(model, { requiredKeys: [] }) },
        )
      }
      case 'string':
        return fc.oneof(
          made(() => known[0]),
          fc.constantFrom(...texts),
          fc.string({ unit: 'binary', maxLength: 40 }),
        )
      case 'number':
        return fc.oneof(fc.integer({ min: 0, max: 500 }), fc.double())
      case 'boolean':
        return fc.boolean()
      case 'array':
        return fc.array(inside(element), { maxLength: 4 })
      case 'enum':
        return fc.constantFrom(...Object.values(entries ?? { none: '' }))
      case 'literal':
        return fc.constantFrom(...(values ?? ['']))
      case 'union':
        return fc.oneof(...(options ?? []).map((one) => inside(one)))
      case 'void':
        return fc.constant(undefined)
      default:
        return innerType === undefined ? hostile : inside(innerType)
    }
  }
  return fc.oneof({ weight: 14, arbitrary: sound() }, { weight: 1, arbitrary: hostile })
}

/** What the desk has stored, as counts of everything a call could add to or take away. */
async function traces(): Promise<string> {
  const tables = ['journal_event', 'outbox_item', 'draft', 'comment', 'participant']
  const counted = tables.map((table) => `(SELECT count(*) FROM ${table})`)
  // The desktop's clock goes on even for an event that is refused in the end.
  const settings = "(SELECT group_concat(key || value, ' ') FROM setting WHERE key <> 'hlc')"
  const row = await desk.core.db.read.first<{ n: string }>(
    `SELECT json_array(${[...counted, settings].join(', ')}) AS n`,
  )
  return row?.n ?? ''
}

// A sound input of these reaches for servers or founds the desk anew: only hostile ones are given.
const elsewhere = new Set(['setup.check', 'setup.save', 'setup.find', 'session.unlock', 'sync.now'])
const procedures = Object.entries(contract).flatMap(([group, list]) =>
  Object.entries(list).map(
    ([name, { input }]) => [`${group}.${name}`, input as z.ZodType] as const,
  ),
)

describe(`${String(perProcedure)} inputs each, seed ${String(seed)}`, () => {
  it.each(procedures)(
    '%s answers them all',
    async (path, schema) => {
      let before = await traces()
      let refused = 0
      await fc.assert(
        fc.asyncProperty(elsewhere.has(path) ? hostile : like(schema), async (input) => {
          if (elsewhere.has(path) && schema.safeParse(input).success) return
          const answer = await serve(path, input)
          if (answer.ok) {
            before = ''
            if (path === 'bulk.start') await bulkEnds((input as BulkInput).id)
            await renew()
            return
          }
          const { code, message } = answer.error
          if (code === 'internal') throw lastError
          expect(message).not.toBe('')
          refused += 1
          if (before === '') before = await traces()
          else if (refused % 20 === 0) expect(await traces()).toBe(before)
        }),
        { numRuns: perProcedure, seed, endOnFailure: true },
      )
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    },
    300_000,
  )

  it('no path but those of the contract is answered', async () => {
    const odd = ['__proto__.toString', 'constructor.name', 'tickets.__proto__', 'tickets.', '.list']
    const path = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(...odd))
    await fc.assert(
      fc.asyncProperty(path, async (name) => {
        expect((await serve(name, {})).ok).toBe(false)
      }),
      { numRuns: perProcedure, seed },
    )
  }, 120_000)
})
