// What an agent decides by command: held mail, blocked senders, mailboxes, mail in doubt; and that no word of a command is
// ignored, because an ignored one sends a mail to other people than its author meant.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readArguments, UsageError } from '#main/cli/arguments'
import { commands } from '#main/cli/commands'
import { grammar, surplusIn } from '#main/cli/grammar'
import { findItem } from '#main/db/outbox'
import { takeStep } from '#main/outbox/deliver'
import { AppError } from '#shared/ipc/errors'
import { aMail, feed } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
let key = ''

const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const eve = 'eve@elsewhere.test'

beforeAll(async () => {
  desk = await startDesk()
  // What follows the set-up within a second belongs to it and holds from the start (`rules/desk.ts`).
  await delay(1_050)
  await arrive({ from: `Carol <${carol}>`, cc: [dave], subject: 'Printer' })
  const [ticket] = (await run('tickets')) as { key: string }[]
  key = ticket?.key ?? ''
})
afterAll(() => desk.stop())

async function run(...argv: string[]): Promise<unknown> {
  const call = readArguments(argv)
  const command = commands[call.command]
  if (command === undefined) throw new UsageError(call.command)
  const value = await command(desk.engine, { ...call, profile: desk.profile })
  return JSON.parse(JSON.stringify(value)) as unknown
}

/** The sentence and the kind of a refusal. */
const problem = (...argv: string[]) =>
  run(...argv).then(
    () => ['done', ''],
    (error: unknown) => [
      error instanceof UsageError ? 'usage' : error instanceof AppError ? error.code : 'bug',
      error instanceof Error ? error.message : String(error),
    ],
  )

async function arrive(words: { from: string; cc?: string[]; subject: string; answers?: string }) {
  const messageId = `${words.subject.replaceAll(' ', '')}@cli.test`
  const { answers, ...mail } = words
  const headers = answers === undefined ? {} : { 'In-Reply-To': `<${answers}>` }
  const raw = aMail({
    ...mail,
    to: desk.account.address,
    messageId: `<${messageId}>`,
    text: `Words of ${words.subject}.`,
    headers,
  })
  await feed(desk, [{ raw, at: Date.now() }])
  return messageId
}
const stranger = (subject: string, from = `Eve <${eve}>`) =>
  arrive({ from, subject, answers: 'Printer@cli.test' })

const waiting = z.array(
  z.strictObject({
    kind: z.enum(['mail', 'person']),
    ticket: z.strictObject({
      id: z.string(),
      key: z.string(),
      subject: z.string(),
      customers: z.array(z.strictObject({ name: z.string(), address: z.string() })),
    }),
    messageId: z.string(),
    person: z.strictObject({ name: z.string(), address: z.string() }),
    at: z.number(),
    because: z.string(),
    flags: z.array(z.string()),
    trust: z.string(),
    isInternal: z.boolean(),
    text: z.string(),
  }),
)
const held = async () => waiting.parse(await run('held'))
const heldIds = async () => (await held()).map(({ messageId }) => messageId)
const shown = z.object({
  comments: z.array(
    z.object({
      messageId: z.string().nullable(),
      author: z.string(),
      authorRole: z.string(),
      visibility: z.string(),
      flags: z.array(z.string()),
    }),
  ),
  participants: z.array(z.object({ address: z.string(), role: z.string() })),
})
const show = async () => shown.parse(await run('show', key))
const commentOf = async (messageId: string) =>
  (await show()).comments.find((each) => each.messageId === messageId)
const people = async () => (await show()).participants.map(({ address }) => address)

describe('held', () => {
  it('lists who waits on which ticket, and why', async () => {
    const messageId = await stranger('One')
    expect(await held()).toMatchObject([
      {
        kind: 'mail',
        ticket: { key, customers: [{ address: carol }, { address: dave }] },
        messageId,
        person: { name: 'Eve', address: eve },
        because: 'not-a-participant',
        text: 'Words of One.',
      },
    ])
  })

  it('is let in by accept, and taken back by undo', async () => {
    expect(await run('accept', key, 'One@cli.test')).toMatchObject({ key, held: 0, ccs: [dave] })
    expect(await commentOf('One@cli.test')).toMatchObject({ visibility: 'public' })
    expect(await problem('accept', key, 'One@cli.test')).toEqual([
      'refused',
      'This comment is not held: there is nothing to accept.',
    ])
    expect(await run('undo', key, 'One@cli.test')).toMatchObject({ held: 1 })
    expect(await heldIds()).toEqual(['One@cli.test'])
    expect((await problem('undo', key, 'One@cli.test'))[0]).toBe('refused')
  })

  it('is let in with its sender as CC, and both are taken back', async () => {
    expect(await run('accept', key, 'One@cli.test', '--add-cc')).toMatchObject({ ccs: [dave, eve] })
    expect(await run('undo', key, 'One@cli.test')).toMatchObject({ held: 1, ccs: [dave] })
  })

  it('is linked to a participant, who then writes under either address', async () => {
    const linked = await run('accept', key, 'One@cli.test', '--alias', 'CAROL@Customer.test')
    expect(linked).toMatchObject({ held: 0, requester: carol, ccs: [dave] })
    expect(await commentOf('One@cli.test')).toMatchObject({ authorRole: 'requester' })
    await stranger('Two')
    expect(await held()).toEqual([])
    expect(await commentOf('Two@cli.test')).toMatchObject({ visibility: 'public' })
    expect(await people()).not.toContain(eve)
    await run('undo', key, 'One@cli.test')
    expect(await heldIds()).toEqual(['Two@cli.test', 'One@cli.test'])
  })

  it('is linked to nobody who is not on the ticket, and to one person only', async () => {
    expect(await problem('accept', key, 'One@cli.test', '--alias', 'nobody@x.test')).toEqual([
      'refused',
      'The person to link with is not on the ticket.',
    ])
    const alias = ['accept', key, 'One@cli.test', '--alias', carol]
    expect((await problem(...alias, '--alias', dave))[0]).toBe('usage')
    expect((await problem(...alias, '--add-cc'))[0]).toBe('usage')
    expect((await problem('accept', key, 'One@cli.test', '--alias', 'nonsense'))[0]).toBe(
      'invalid-input',
    )
    expect(await heldIds()).toHaveLength(2)
  })

  it('is put away by discard, and waits again after undo', async () => {
    expect(await run('discard', key, 'One@cli.test')).toMatchObject({ held: 1 })
    expect(await heldIds()).toEqual(['Two@cli.test'])
    expect((await problem('discard', key, 'One@cli.test'))[0]).toBe('refused')
    expect(await run('undo', key, 'One@cli.test')).toMatchObject({ held: 2 })
    for (const command of ['accept', 'discard', 'undo']) {
      expect((await problem(command, key))[0]).toBe('usage')
      expect((await problem(command, key, 'nothing@cli.test'))[0]).toBe('not-found')
      expect((await problem(command, 'ZZZZZZ', 'One@cli.test'))[0]).toBe('not-found')
    }
  })
})

describe('block', () => {
  it('discards what waits and what comes, says what it took, and ends', async () => {
    expect(await run('block')).toEqual({ blocked: [] })
    const blocked = z
      .strictObject({
        entry: z.string(),
        discarded: z.array(z.strictObject({ ticketId: z.string(), messageId: z.string() })),
      })
      .parse(await run('block', 'add', 'Eve@Elsewhere.TEST'))
    expect(blocked.entry).toBe(eve)
    expect(blocked.discarded.map(({ messageId }) => messageId).sort()).toEqual([
      'One@cli.test',
      'Two@cli.test',
    ])
    await stranger('Three')
    expect(await held()).toEqual([])
    expect(await run('block', 'list')).toEqual({ blocked: [eve] })
    // What it discarded is brought back one by one.
    await run('undo', key, 'One@cli.test')
    expect(await heldIds()).toEqual(['One@cli.test'])
    await run('discard', key, 'One@cli.test')
    expect(await run('block', 'remove', eve)).toEqual({ blocked: [] })
    await stranger('Four')
    expect(await heldIds()).toEqual(['Four@cli.test'])
  })

  it('takes a domain, and nobody inside', async () => {
    await run('block', 'add', 'elsewhere.test')
    expect(await held()).toEqual([])
    await run('block', 'remove', 'elsewhere.test')
    const refusals: [string[], string][] = [
      [['block', 'add', 'ben@desk.test'], 'refused'],
      [['block', 'add', 'desk.test'], 'refused'],
      [['block', 'add', 'not an address'], 'refused'],
      [['block', 'remove', 'x@y.test'], 'refused'],
      [['block', 'add'], 'usage'],
      [['block', 'remove'], 'usage'],
      [['block', 'everybody'], 'usage'],
    ]
    for (const [argv, code] of refusals)
      expect([argv, (await problem(...argv))[0]]).toEqual([argv, code])
  })
})

describe('mailbox', () => {
  const boxes = z.array(
    z.strictObject({
      address: z.string(),
      aliases: z.array(z.string()),
      name: z.string(),
      signature: z.string(),
      group: z.string().nullable(),
      account: z.string().nullable(),
      accountId: z.string().nullable(),
    }),
  )

  it('is listed, added, changed by what is given alone, and removed', async () => {
    const [own, ...others] = boxes.parse(await run('mailbox'))
    expect(own).toMatchObject({ address: 'help@desk.test', accountId: desk.account.id })
    expect(others).toEqual([])
    const set = ['mailbox', 'set', 'Sales@Desk.test']
    const more = ['--name', 'Sales', '--alias', 'orders@desk.test', '--alias', 'shop@desk.test']
    const made = boxes.parse(await run(...set, ...more, '--account', 'help@desk.test'))
    expect(made[1]).toEqual({
      address: 'sales@desk.test',
      aliases: ['orders@desk.test', 'shop@desk.test'],
      name: 'Sales',
      signature: '',
      group: null,
      account: 'help@desk.test',
      accountId: desk.account.id,
    })
    const changed = boxes.parse(await run(...set, '--group', 'Orders'))
    expect(changed[1]).toEqual({ ...made[1], group: 'Orders' })
    // Its addresses are the desk's own from now on: nobody's CC.
    expect((await problem('cc', 'add', key, 'orders+abc@desk.test'))[0]).toBe('refused')
    expect(boxes.parse(await run('mailbox', 'remove', 'sales@desk.test'))).toEqual([own])
  })

  it('refuses what is no address, is taken or is not there', async () => {
    const refusals: [string[], string][] = [
      [['mailbox', 'set', 'nonsense'], 'refused'],
      [['mailbox', 'set', 'x@desk.test', '--alias', 'help@desk.test'], 'refused'],
      [['mailbox', 'remove', 'none@desk.test'], 'refused'],
      [['mailbox', 'set'], 'usage'],
      [['mailbox', 'burn', 'help@desk.test'], 'usage'],
    ]
    for (const [argv, code] of refusals)
      expect([argv, (await problem(...argv))[0]]).toEqual([argv, code])
  })
})

describe('outbox sent', () => {
  it('settles a mail in doubt, and no other', async () => {
    const { deliveries } = z
      .object({ deliveries: z.array(z.object({ id: z.string() })) })
      .parse(await run('reply', key, '--body', 'Did it arrive?'))
    const id = deliveries[0]?.id ?? ''
    const stateOf = async (list: unknown) =>
      z
        .array(z.object({ id: z.string(), state: z.string() }))
        .parse(list)
        .find((each) => each.id === id)?.state
    expect(await problem('outbox', 'sent', id)).toEqual([
      'refused',
      'This mail is not in doubt: there is nothing to mark.',
    ])
    // As a crash leaves it: handed to the socket, and nobody knows what became of it.
    for (const event of [
      { type: 'started', wantsReceipt: false } as const,
      { type: 'interrupted' } as const,
    ]) {
      await desk.core.db.write('test', async (tx) => {
        const item = await findItem(tx, id)
        if (item !== undefined) await takeStep(desk.core, tx, item, { event, receiptWait: 1_000 })
      })
    }
    expect(await stateOf(await run('outbox'))).toBe('uncertain')
    expect(await stateOf(await run('outbox', 'sent', id))).toBe('sent')
    expect((await problem('outbox', 'sent', id))[0]).toBe('refused')
    expect((await problem('outbox', 'sent', 'nothing'))[0]).toBe('not-found')
    expect((await problem('outbox', 'sent'))[0]).toBe('usage')
  })
})

describe('a word too many', () => {
  it('is known for every command', () => {
    expect(
      Object.keys(grammar)
        .filter((name) => name !== 'help' && name !== 'serve')
        .sort(),
    ).toEqual(Object.keys(commands).sort())
    expect(surplusIn({ command: 'nonsense', rest: ['x'], options: {} })).toBeNull()
  })

  it.each([
    ['reply KEY --private --to dave@x.test --body secret', 'reply takes no --private'],
    ['reply KEY --cc dave@x.test --body Hello', 'reply takes no --cc'],
    ['note KEY --to dave@x.test --body Hello', 'note takes no --to'],
    ['private KEY --to a@x.test b@x.test --body Hello', '“b@x.test” is one word too many'],
    ['new --requester a@x.test --cc b@x.test c@x.test --subject s --body b', '“c@x.test” is one'],
    ['unfollow KEY ben@desk.test cleo@desk.test', '“cleo@desk.test” is one word too many'],
    ['requester KEY Ann Miller', '“Miller” is one word too many for requester'],
    ['status KEY open now', '“now” is one word too many for status'],
    ['held KEY', '“KEY” is one word too many for held'],
    ['policy get --group x', 'policy takes no --group'],
  ])('%s', (line, sentence) => {
    let words = ''
    try {
      readArguments(line.split(' '))
    } catch (error) {
      if (error instanceof UsageError) words = error.message
    }
    expect(words).toContain(sentence)
  })

  it('leaves the ticket as it was', async () => {
    const before = await run('show', key)
    expect((await problem('reply', key, '--private', '--to', dave, '--body', 'secret'))[0]).toBe(
      'usage',
    )
    expect((await problem('plan', key, '--public', '--to', dave))[0]).toBe('usage')
    expect(await run('show', key)).toEqual(before)
  })
})
