import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createServe, type Serve } from '#main/ipc/serve'
import { createLog } from '#main/log'
import { contract } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { procedure, type Envelope, type Handlers } from '#shared/ipc/procedure'

const small = {
  tickets: {
    get: procedure(z.object({ id: z.string().min(1).max(64) }), z.object({ key: z.string() })),
    close: procedure(z.void(), z.void()),
  },
}

function serveSmall(
  overrides: Partial<Handlers<typeof small>['tickets']> = {},
  checkOutput = true,
): { serve: Serve; lines: string[] } {
  const lines: string[] = []
  const handlers: Handlers<typeof small> = {
    tickets: { get: ({ id }) => ({ key: id }), close: () => undefined, ...overrides },
  }
  const log = createLog({ write: (line) => lines.push(line) })
  return { serve: createServe(small, handlers, { checkOutput, log }), lines }
}

const codeOf = (envelope: Envelope): string => (envelope.ok ? 'ok' : envelope.error.code)
const messageOf = (envelope: Envelope): string => (envelope.ok ? '' : envelope.error.message)

describe('serve', () => {
  it('answers what the handler gives', async () => {
    const { serve } = serveSmall()
    expect(await serve('tickets.get', { id: 'a' })).toEqual({ ok: true, value: { key: 'a' } })
    expect(await serve('tickets.close', undefined)).toEqual({ ok: true, value: undefined })
  })

  it('names the field that is wrong', async () => {
    const { serve } = serveSmall()
    const answer = await serve('tickets.get', { id: 7 })
    expect(codeOf(answer)).toBe('invalid-input')
    expect(messageOf(answer)).toMatch(/^The field "id" is not valid: .+\.$/)
    expect(messageOf(await serve('tickets.get', null))).toMatch(/^The input is not valid: .+\.$/)
  })

  it('passes an expected failure on as it is', async () => {
    const { serve, lines } = serveSmall({
      get: () => {
        throw new AppError('conflict', 'Ana replied just now.', { revision: 4 })
      },
    })
    expect(await serve('tickets.get', { id: 'a' })).toEqual({
      ok: false,
      error: { code: 'conflict', message: 'Ana replied just now.', detail: { revision: 4 } },
    })
    expect(lines).toEqual([])
  })

  it.each([
    ['an exception', () => Promise.reject(new TypeError('ana@desk.test is undefined'))],
    [
      'a thrown string',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- a library may do it
        throw 'text'
      },
    ],
  ])('says internal with a reference for %s and logs the stack under it', async (_name, get) => {
    const { serve, lines } = serveSmall({ get })
    const answer = await serve('tickets.get', { id: 'a' })
    expect(codeOf(answer)).toBe('internal')
    const reference = answer.ok ? '' : String(answer.error.detail.reference)
    expect(messageOf(answer)).toContain(reference)
    expect(messageOf(answer)).not.toContain('undefined')
    expect(lines.join('')).toContain(reference)
    expect(lines.join('')).not.toContain('ana@desk.test')
  })

  it('lets no field through that the contract does not name', async () => {
    const leaky = () => ({ key: 'a', password: 'canary' })
    const { serve } = serveSmall({ get: leaky })
    expect(await serve('tickets.get', { id: 'a' })).toEqual({ ok: true, value: { key: 'a' } })
    const wrong = serveSmall({ get: () => ({ key: 7 as unknown as string }) })
    expect(codeOf(await wrong.serve('tickets.get', { id: 'a' }))).toBe('internal')
    const trusting = serveSmall({ get: leaky }, false)
    expect(codeOf(await trusting.serve('tickets.get', { id: 'a' }))).toBe('ok')
  })

  it.each([
    '',
    '.',
    'tickets',
    'tickets.',
    'tickets.get.input',
    'tickets.nothing',
    '__proto__.toString',
    'constructor.name',
    'tickets.__proto__',
    'tickets.constructor',
    'tickets.hasOwnProperty',
    'toString.call',
    'x'.repeat(1_000_000),
  ])('finds nothing under %j', async (path) => {
    const { serve } = serveSmall()
    expect(codeOf(await serve(path, { id: 'a' }))).toBe('not-found')
  })

  it('finds nothing under a path that is not text', async () => {
    const { serve } = serveSmall()
    for (const path of [undefined, null, 7, {}, ['tickets.get'], { toString: () => 'tickets.get' }])
      expect(codeOf(await serve(path as unknown as string, { id: 'a' }))).toBe('not-found')
  })
})

/** Handlers that remember that they were reached; every answer of the real contract is refused. */
function guardedContract(): { serve: Serve; reached: unknown[] } {
  const reached: unknown[] = []
  const handlers = Object.fromEntries(
    Object.entries(contract).map(([group, procedures]) => [
      group,
      Object.fromEntries(
        Object.keys(procedures).map((name) => [
          name,
          (input: unknown) => {
            reached.push(input)
            throw new AppError('refused', 'reached')
          },
        ]),
      ),
    ]),
  ) as unknown as Handlers<typeof contract>
  const log = createLog({ write: () => undefined })
  return { serve: createServe(contract, handlers, { checkOutput: true, log }), reached }
}

const paths = Object.entries(contract).flatMap(([group, procedures]) =>
  Object.keys(procedures).map((name) => `${group}.${name}`),
)
describe.each(paths)('%s', (path) => {
  it('answers garbage with invalid-input and a sentence, and never reaches the handler with it', async () => {
    const [group = '', name = ''] = path.split('.')
    const { input } = (contract as Record<string, Record<string, { input: z.ZodType }>>)[group]![
      name
    ]!
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        async (garbage) => {
          const { serve, reached } = guardedContract()
          const answer = await serve(path, garbage)
          const parsed = input.safeParse(garbage)
          expect(answer.ok).toBe(false)
          if (answer.ok) return
          expect(Object.keys(answer.error).sort()).toEqual(['code', 'detail', 'message'])
          expect(answer.error.message.length).toBeLessThan(600)
          expect(answer.error.code).toBe(parsed.success ? 'refused' : 'invalid-input')
          expect(reached).toEqual(parsed.success ? [parsed.data] : [])
        },
      ),
      { numRuns: 200 },
    )
  })

  it('refuses huge, polluted and mistyped records', async () => {
    const { serve } = guardedContract()
    const huge = 'x'.repeat(5_000_000)
    const polluted = JSON.parse('{"__proto__":{"id":"a","isAdmin":true}}') as unknown
    for (const payload of [
      huge,
      [huge],
      new Array(100_000).fill({}),
      polluted,
      () => 1,
      Symbol('s'),
    ]) {
      const answer = await serve(path, payload)
      expect(['invalid-input', 'refused']).toContain(codeOf(answer))
    }
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
  })
})

it('covers every procedure of the contract', () => {
  expect(paths.length).toBeGreaterThan(25)
})
