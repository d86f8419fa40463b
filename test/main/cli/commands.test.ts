// The table of architecture.md §14, row by row: each command as a script calls it, and the exact shape of what it
// prints. Exit codes and the process around it are in cli.test.ts.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readArguments, UsageError } from '#main/cli/arguments'
import { commands } from '#main/cli/commands'
import { usage } from '#main/cli/usage'
import { AppError } from '#shared/ipc/errors'
import { mailFate } from '#shared/model/message'
import { aMail } from '#support/feedMails'
import { nextSecond } from '#support/nextSecond'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let desk: Desk
let key = ''

const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const ben = 'ben@desk.test'

async function run(...argv: string[]): Promise<unknown> {
  const call = readArguments(argv)
  const command = commands[call.command]
  if (command === undefined) throw new UsageError(call.command)
  // As it is printed: what JSON cannot say is not there.
  const value = await command(desk.engine, { ...call, profile: desk.profile })
  return JSON.parse(JSON.stringify(value)) as unknown
}

async function prints<T extends z.ZodType>(shape: T, ...argv: string[]): Promise<z.output<T>> {
  return shape.parse(await run(...argv))
}

const isWrong = (error: unknown): string =>
  error instanceof UsageError ? 'usage' : error instanceof AppError ? error.code : String(error)
const problem = (...argv: string[]) => run(...argv).then(() => 'done', isWrong)

async function arrive(words: { from: string; cc?: string[]; subject: string; answers?: string }) {
  const messageId = `<${words.subject.replaceAll(' ', '')}@cli.test>`
  const { answers, ...mail } = words
  const headers = answers === undefined ? {} : { 'In-Reply-To': answers, References: answers }
  const to = desk.account.address
  await server.inject(to, 'INBOX', [aMail({ ...mail, to, messageId, text: 'Words.', headers })])
  await run('sync')
  return messageId
}

beforeAll(async () => {
  server = await startDeskServer()
  desk = await startDesk({ server, policy: { autoFollowOnReply: false } })
  await arrive({ from: `Carol <${carol}>`, cc: [dave], subject: 'Printer' })
  const [row] = (await run('tickets')) as { key: string }[]
  key = row?.key ?? ''
}, 120_000)
afterAll(async () => {
  await desk.stop()
  await server.stop()
})

const address = z.string().regex(/^[^@\s]+@[^@\s]+$/)
const row = z.strictObject({
  id: z.string().min(20),
  key: z.string().regex(/^[0-9A-Z]{6}$/),
  subject: z.string(),
  status: z.enum(['new', 'open', 'pending', 'solved', 'closed']),
  requester: address.nullable(),
  assignee: address.nullable(),
  group: z.string().nullable(),
  ccs: z.array(address),
  followers: z.array(address),
  unread: z.boolean(),
  held: z.number(),
  updatedAt: z.number(),
  revision: z.number(),
})
const because = z.string().min(3)
const skip = z.object({ address, because })
const origin = z.object({
  kind: z.enum(['mail', 'agent', 'policy', 'self']),
  by: address,
  at: z.number(),
  messageId: z.string().nullable(),
})
const person = z.object({
  address,
  role: z.enum(['requester', 'cc', 'follower']),
  muted: z.boolean(),
  level: z.enum(['all', 'public', 'mentions']).nullable(),
  origin,
})
const people = z.array(person)
const kind = z.enum(['public', 'follower', 'private', 'status', 'acknowledgement', 'relay', 'csat'])
const state = z.enum(['queued', 'sending', 'sent', 'partly', 'failed', 'uncertain', 'cancelled'])
const shown = z.object({
  ticket: row,
  comments: z.array(
    z.object({
      id: z.string(),
      author: address,
      authorRole: z.string(),
      visibility: z.enum(['public', 'private', 'held']),
      because,
      flags: z.array(z.string()),
      text: z.string(),
      audience: z.array(address),
      at: z.number(),
    }),
  ),
  participants: people,
  suggestions: z.array(skip),
  notAdded: z.array(skip),
  audit: z.array(z.object({ at: z.number(), by: z.string(), what: z.string(), because })),
  deliveries: z.array(
    z.object({
      kind,
      to: z.array(address),
      cc: z.array(address),
      state,
      messageId: z.string(),
      skipped: z.array(skip),
    }),
  ),
})
const queued = z.strictObject({
  commentId: z.string(),
  deliveries: z.array(z.object({ id: z.string(), kind, state, messageId: z.string() })),
})
const plan = z.object({
  mails: z.array(
    z.strictObject({ kind, to: z.array(address), cc: z.array(address), messageId: z.string() }),
  ),
  skipped: z.array(skip),
  audienceChange: z.strictObject({
    added: z.array(address),
    removed: z.array(address),
    newDomains: z.array(z.string()),
  }),
})
const items = z.array(
  z.object({
    id: z.string(),
    kind,
    state: z.union([state, z.enum(['scheduled', 'held'])]),
    nextAt: z.number().nullable(),
    can: z.array(z.enum(['retry', 'sent', 'cancel'])),
  }),
)
const policy = z.record(z.string(), z.string())
const directory = z.array(
  z.strictObject({
    name: z.string(),
    address,
    aliases: z.array(address),
    role: z.enum(['admin', 'agent', 'light']),
    groups: z.array(z.string()),
  }),
)

describe('architecture.md §14', () => {
  it('has every command, and help names each', () => {
    const table =
      'setup sync tickets show new reply note private bulk-reply bulk-replies plan cc follow unfollow assign status ' +
      'group requester merge accept suggestion outbox policy directory hash export'
    for (const name of table.split(' ')) {
      expect(Object.hasOwn(commands, name), name).toBe(true)
      expect(usage).toContain(name)
    }
    // `serve` runs until it is stopped, outside the table of commands.
    expect(usage).toContain('serve')
  })

  it('sync', async () => {
    const shape = z.strictObject({
      pulled: z.number(),
      events: z.number(),
      pushed: z.number(),
      sent: z.number(),
      failed: z.number(),
      uncertain: z.number(),
    })
    await run('follow', key)
    expect(await prints(shape, 'sync')).toMatchObject({ pulled: 0, pushed: 1, sent: 0, failed: 0 })
    await run('unfollow', key)
  })

  it('tickets [--view V] [--query Q] [--limit N]', async () => {
    const all = await prints(z.array(row), 'tickets', '--view', 'all', '--limit', '1')
    expect(all).toMatchObject([{ subject: 'Printer', requester: carol, ccs: [dave], held: 0 }])
    expect(await prints(z.array(row), 'tickets', '--query', 'from:nobody')).toEqual([])
    expect(await problem('tickets', '--limit', 'x')).toBe('usage')
    expect(await problem('tickets', '--view', 'x')).toBe('usage')
  })

  it('show KEY', async () => {
    const detail = await prints(shown, 'show', key.toLowerCase())
    expect(detail.comments).toMatchObject([
      { author: carol, visibility: 'public', because: 'requester', text: 'Words.' },
    ])
    expect(detail.participants).toMatchObject([
      {
        address: carol,
        role: 'requester',
        origin: { kind: 'mail', messageId: 'Printer@cli.test' },
      },
      { address: dave, role: 'cc', muted: false, level: null },
    ])
    expect(await problem('show')).toBe('usage')
    expect(await problem('show', 'ZZZZZZ')).toBe('not-found')
  })

  it('new --requester A --subject S --body B [--cc A]…', async () => {
    const made = await prints(
      row,
      ...['new', '--requester', 'Vera <vera@vendor.test>', '--subject', 'Ink', '--body', 'Send.'],
      ...['--cc', 'pat@partner.test', '--cc', 'erin@customer.test'],
    )
    expect(made).toMatchObject({
      requester: 'vera@vendor.test',
      ccs: ['pat@partner.test', 'erin@customer.test'],
    })
    expect(await problem('new', '--requester', 'x@y.test', '--subject', 's')).toBe('usage')
    const twice = ['new', '--requester', 'nonsense', '--subject', 's', '--body', 'b']
    expect(await problem(...twice)).toBe('invalid-input')
  })

  it('reply, note, private', async () => {
    const { deliveries } = await prints(queued, 'reply', key, '--body', 'Hello.')
    expect(deliveries.map((each) => each.kind)).toEqual(['public'])
    expect((await prints(queued, 'note', key, '--body', 'Hm.')).deliveries).toEqual([])
    const whispered = await prints(queued, 'private', key, '--to', dave, '--body', 'Is it so?')
    expect(whispered.deliveries.map((each) => each.kind)).toEqual(['private'])
    const later = ['reply', key, '--body', 'Later.', '--at', '2099-01-01T09:00:00Z']
    expect(await prints(queued, ...later)).toMatchObject({ deliveries: [] })
    expect(await problem('reply', key, '--body', 'x', '--at', 'soon')).toBe('usage')
    expect(await problem('reply', key, '--body', 'x', '--at', '2001-01-01')).toBe('invalid-input')
    expect(await problem('reply', key)).toBe('usage')
    expect(await problem('private', key, '--body', 'x')).toBe('usage')
    expect(await problem('private', key, '--to', 'x', '--body', 'x')).toBe('invalid-input')
  })

  it('reply --expect-revision N is refused when somebody wrote meanwhile', async () => {
    const before = (await prints(shown, 'show', key)).ticket.revision
    await arrive({ from: carol, cc: [dave], subject: 'Still', answers: '<Printer@cli.test>' })
    const stale = ['reply', key, '--body', 'Old.', '--expect-revision', String(before)]
    expect(await problem(...stale)).toBe('conflict')
    const now = (await prints(shown, 'show', key)).ticket.revision
    await prints(queued, 'reply', key, '--body', 'New.', '--expect-revision', String(now))
  })

  it('bulk-reply KEY… --body B', async () => {
    const other = (await prints(z.array(row), 'tickets')).find(({ subject }) => subject === 'Ink')
    const result = z.strictObject({
      key: z.string(),
      ticketId: z.string(),
      isOk: z.boolean(),
      problem: z.string(),
      deliveries: z.number(),
    })
    const done = await prints(
      z.array(result),
      ...['bulk-reply', key, other?.key ?? '', '--body', 'All is well.'],
    )
    expect(done).toMatchObject([
      { key, isOk: true, problem: '', deliveries: 1 },
      { key: other?.key, isOk: true, deliveries: 1 },
    ])
    expect(await problem('bulk-reply', '--body', 'x')).toBe('usage')
    expect(await problem('bulk-reply', 'ZZZZZZ', '--body', 'x')).toBe('not-found')
    expect(await run('bulk-replies')).toEqual([])
    expect(await problem('bulk-replies', 'resume', 'gone')).toBe('not-found')
    expect(await problem('bulk-replies', 'again')).toBe('usage')
  })

  it('plan KEY (--public | --note | --private --to A…)', async () => {
    await run('follow', key, ben)
    const events = async () => (await prints(shown, 'show', key)).ticket.revision
    const before = await events()
    expect(await prints(plan, 'plan', key, '--public')).toMatchObject({
      mails: [
        { kind: 'public', to: [carol], cc: [dave] },
        { kind: 'follower', to: [ben] },
      ],
      skipped: [],
    })
    const note = await prints(plan, 'plan', key, '--note')
    expect(note.mails).toMatchObject([{ kind: 'follower', to: [ben], cc: [] }])
    expect(note.skipped).toEqual([
      { address: carol, because: 'internal-note' },
      { address: dave, because: 'internal-note' },
    ])
    const chosen = await prints(plan, 'plan', key, '--private', '--to', 'pat@partner.test')
    expect(chosen.mails[0]).toMatchObject({ kind: 'private', to: ['pat@partner.test'], cc: [] })
    expect(chosen.audienceChange.newDomains).toEqual(['partner.test'])
    const named = await prints(plan, 'plan', key, '--note', '--body', 'Ask @cleo@desk.test.')
    expect(named.mails.map((mail) => mail.to)).toEqual([[ben], ['cleo@desk.test']])
    expect(await events()).toBe(before)
    expect(await problem('plan', key)).toBe('usage')
    expect(await problem('plan', key, '--public', '--note')).toBe('usage')
    // What is planned is what is queued.
    const planned = (await prints(plan, 'plan', key, '--public')).mails.map((mail) => mail.kind)
    const sent = await prints(queued, 'reply', key, '--body', 'As planned.')
    expect(sent.deliveries.map((each) => each.kind)).toEqual(planned)
    await run('unfollow', key, ben)
  })

  it('cc add|remove|mute|unmute KEY A…', async () => {
    const two = ['Erin <erin@customer.test>', 'pat@partner.test']
    expect(await prints(people, 'cc', 'add', key, ...two)).toMatchObject([
      { address: carol },
      { address: dave },
      { address: 'erin@customer.test', role: 'cc', origin: { kind: 'agent', by: 'ada@desk.test' } },
      { address: 'pat@partner.test' },
    ])
    const muted = await prints(people, 'cc', 'mute', key, dave)
    expect(muted.find((each) => each.address === dave)?.muted).toBe(true)
    const unmuted = await prints(people, 'cc', 'unmute', key, dave)
    expect(unmuted.find((each) => each.address === dave)?.muted).toBe(false)
    expect(await prints(people, 'cc', 'remove', key, ...two)).toHaveLength(2)
    expect(await problem('cc', 'add', key, carol)).toBe('refused')
    expect(await problem('cc', 'add', key, desk.account.address)).toBe('refused')
    expect(await problem('cc', 'add', key, 'nonsense')).toBe('invalid-input')
    expect(await problem('cc', 'remove', key, 'erin@customer.test')).toBe('refused')
    expect(await problem('cc', 'paint', key, dave)).toBe('usage')
    expect(await problem('cc', 'add', key)).toBe('usage')
  })

  it('follow KEY [A] [--level L], unfollow KEY [A]', async () => {
    const mine = await prints(people, 'follow', key, '--level', 'public')
    expect(mine.at(-1)).toMatchObject({
      address: 'ada@desk.test',
      role: 'follower',
      level: 'public',
      origin: { kind: 'self' },
    })
    const his = await prints(people, 'follow', key, ben)
    expect(his.at(-1)).toMatchObject({ address: ben, level: 'all', origin: { kind: 'agent' } })
    expect(await prints(people, 'unfollow', key)).toHaveLength(3)
    expect(await prints(people, 'unfollow', key, ben)).toHaveLength(2)
    expect(await problem('follow', key, carol)).toBe('refused')
    expect(await problem('follow', key, ben, '--level', 'loud')).toBe('usage')
  })

  it('assign, status, group, requester', async () => {
    expect(await prints(row, 'assign', key, ben)).toMatchObject({ assignee: ben })
    expect(await prints(row, 'assign', key)).toMatchObject({ assignee: null })
    expect(await problem('assign', key, carol)).toBe('refused')
    for (const status of ['open', 'pending', 'solved', 'closed', 'new', 'open']) {
      expect(await prints(row, 'status', key, status)).toMatchObject({ status })
    }
    expect(await problem('status', key, 'asleep')).toBe('usage')
    expect(await prints(row, 'group', key, 'Printers')).toMatchObject({ group: 'Printers' })
    expect(await prints(row, 'group', key)).toMatchObject({ group: null })
    const changed = await prints(row, 'requester', key, 'erin@customer.test')
    expect(changed.requester).toBe('erin@customer.test')
    expect(await prints(row, 'requester', key, carol)).toMatchObject({ requester: carol })
    expect(await problem('requester', key, desk.account.address)).toBe('refused')
    expect(await problem('requester', key)).toBe('usage')
  })

  it('accept KEY COMMENT [--add-cc]', async () => {
    await arrive({ from: 'eve@elsewhere.test', subject: 'Me too', answers: '<Printer@cli.test>' })
    const { ticket, comments } = await prints(shown, 'show', key)
    expect(ticket.held).toBe(1)
    const held = comments.find((each) => each.visibility === 'held')
    expect(held).toMatchObject({ because: 'not-a-participant', author: 'eve@elsewhere.test' })
    expect(await prints(row, 'accept', key, held?.id ?? '', '--add-cc')).toMatchObject({
      held: 0,
      ccs: [dave, 'eve@elsewhere.test'],
    })
    expect(await problem('accept', key, held?.id ?? '')).toBe('refused')
    expect(await problem('accept', key, 'nothing')).toBe('not-found')
    expect(await problem('accept', key)).toBe('usage')
  })

  it('suggestion accept|dismiss KEY A', async () => {
    await run('policy', 'set', 'whoMayAddCcs=nobody')
    await nextSecond()
    const cc = [dave, 'eve@elsewhere.test', 'fay@new.test', 'gus@new.test']
    await arrive({ from: carol, cc, subject: 'And they', answers: '<Printer@cli.test>' })
    const { suggestions } = await prints(shown, 'show', key)
    expect(suggestions).toMatchObject([
      { address: 'fay@new.test', because: 'policy' },
      { address: 'gus@new.test', because: 'policy' },
    ])
    const taken = await prints(row, 'suggestion', 'accept', key, 'fay@new.test')
    expect(taken.ccs).toContain('fay@new.test')
    const left = await prints(row, 'suggestion', 'dismiss', key, 'gus@new.test')
    expect(left.ccs).not.toContain('gus@new.test')
    expect((await prints(shown, 'show', key)).suggestions).toEqual([])
    expect(await problem('suggestion', 'keep', key, 'x@y.test')).toBe('usage')
    await run('policy', 'set', 'whoMayAddCcs=participants')
  })

  it('outbox [list|retry ID|cancel ID]', async () => {
    const { deliveries } = await prints(queued, 'reply', key, '--body', 'Not sent.')
    const id = deliveries[0]?.id ?? ''
    const one = (list: z.output<typeof items>, of = id) => list.find((each) => each.id === of)
    const find = (list: z.output<typeof items>) => one(list)?.state
    expect(one(await prints(items, 'outbox'))?.can).toEqual(['retry', 'cancel'])
    expect(find(await prints(items, 'outbox'))).toBe('queued')
    expect(find(await prints(items, 'outbox', 'retry', id))).toBe('queued')
    expect(find(await prints(items, 'outbox', 'cancel', id))).toBe('cancelled')
    expect(find(await prints(items, 'outbox', 'list'))).toBe('cancelled')
    expect(await problem('outbox', 'cancel', id)).toBe('refused')
    expect(await problem('outbox', 'retry', 'nothing')).toBe('not-found')
    expect(await problem('outbox', 'burn', id)).toBe('usage')
    expect(one(await prints(items, 'outbox'))?.can).toEqual([])

    const at = ['--at', '2099-02-01T09:00:00Z']
    const { commentId } = await prints(queued, 'reply', key, '--body', 'In years.', ...at)
    expect(one(await prints(items, 'outbox', 'list'), commentId)).toMatchObject({
      state: 'scheduled',
      nextAt: Date.UTC(2099, 1, 1, 9),
      can: ['cancel'],
    })
    expect(one(await prints(items, 'outbox', 'cancel', commentId), commentId)).toBeUndefined()
    expect(await problem('outbox', 'cancel', commentId)).toBe('not-found')
  })

  it('policy get|set K=V…|preset NAME', async () => {
    const all = await prints(policy, 'policy', 'get')
    expect(all).toMatchObject({ ccsEnabled: 'on', ccLimit: '20', agentCc: 'offer-follower' })
    const set = await prints(policy, 'policy', 'set', 'ccLimit=5', 'ccBlocklist=a.test, b@c.test')
    expect(set).toMatchObject({ ccLimit: '5', ccBlocklist: 'a.test, b@c.test' })
    const preset = await prints(policy, 'policy', 'preset', 'zendesk')
    expect(preset).toMatchObject({ ccLimit: '48', statusMailToCcs: 'on', agentCc: 'allow' })
    await prints(policy, 'policy', 'preset', 'default')
    expect(await problem('policy', 'set', 'ccLimit=49')).toBe('invalid-input')
    expect(await problem('policy', 'set', 'colour=red')).toBe('invalid-input')
    expect(await problem('policy', 'set')).toBe('usage')
    expect(await problem('policy', 'preset', 'mine')).toBe('usage')
  })

  it('directory list|add|remove', async () => {
    const fay = ['directory', 'add', 'fay@desk.test']
    const added = await prints(
      directory,
      ...[...fay, '--name', 'Fay', '--role', 'light', '--group', 'Ink', '--alias', 'f@home.test'],
    )
    const entry = {
      name: 'Fay',
      address: 'fay@desk.test',
      aliases: ['f@home.test'],
      role: 'light',
      groups: ['Ink'],
    }
    expect(added.at(-1)).toEqual(entry)
    // Named again, a person keeps what is not said; under an alias it is the same person.
    expect((await prints(directory, ...fay)).at(-1)).toEqual(entry)
    const again = await prints(directory, 'directory', 'add', 'f@home.test', '--role', 'agent')
    expect(again.at(-1)).toEqual({ ...entry, role: 'agent' })
    const after = await prints(directory, 'directory', 'remove', 'fay@desk.test')
    expect(after).toEqual(await prints(directory, 'directory', 'list'))
    expect(after.map((each) => each.address)).not.toContain('fay@desk.test')
    expect(await problem('directory', 'remove', 'ada@desk.test')).toBe('refused')
    expect(await problem('directory', 'add', 'nonsense')).toBe('refused')
    expect(await problem('directory', 'add', 'x@y.test', '--role', 'king')).toBe('usage')
  })

  it('hash', async () => {
    const shape = z.strictObject({
      tickets: z.number().min(2),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
    })
    expect(await prints(shape, 'hash')).toEqual(await prints(shape, 'hash'))
  })

  it('export KEY --format eml|json [--public-only]', async () => {
    const file = await prints(z.string().endsWith('.json'), 'export', key, '--format', 'json')
    expect(await readFile(file, 'utf8')).toContain('Hm.')
    const open = await prints(
      z.string().endsWith('.eml'),
      ...['export', key, '--format', 'eml', '--public-only'],
    )
    const text = await readFile(open, 'utf8')
    expect(text).toContain('Words.')
    expect(text).not.toContain('Hm.')
    expect(await problem('export', key, '--format', 'pdf')).toBe('usage')
  })

  it('why KEY A', async () => {
    const shape = z.strictObject({
      person: z.array(z.string()),
      mails: z.array(
        z.strictObject({ sourceId: z.string(), fate: mailFate, sentence: z.string() }),
      ),
    })
    const found = await prints(shape, 'why', key, dave)
    expect(found.person[0]).toMatch(/^CC\. /)
    expect(found.mails.length).toBeGreaterThan(3)
  })

  it('merge KEY INTO', async () => {
    const other = (await prints(z.array(row), 'tickets')).find(({ subject }) => subject === 'Ink')
    await prints(row, 'merge', other?.key ?? '', key)
    expect(await problem('merge', key, key)).toBe('refused')
    expect(await problem('merge', key)).toBe('usage')
    // In a circle both would be in no list.
    expect(await problem('merge', key, other?.key ?? '')).toBe('refused')
    await prints(row, 'merge', other?.key ?? '', '--undo')
    expect(await problem('merge', other?.key ?? '', '--undo')).toBe('refused')
  })
})
