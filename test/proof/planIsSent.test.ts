// What is previewed is what is sent: for any ticket, desk and comment the mails that are rendered are those the agent was
// shown, in recipients, headers and audience, as two independent parsers read the final bytes (participants.md §5).
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { expect, it } from 'vitest'
import { renderMail } from '#main/outbox/renderMail'
import { planMails, type MailToSend } from '#main/tickets/planMails'
import { tokenAddress } from '#main/tickets/tokens'
import type { TicketEventBody } from '#shared/model/event'
import type { TicketProjection } from '#shared/model/projection'
import { answerWillBe } from '#shared/rules/answerWillBe'
import { mentionsIn } from '#shared/rules/mentions'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  anEvent,
  aReply,
  ccBob,
  ccCarl,
  facts,
  idOf,
  lightLea,
  outsider,
  requester,
  support,
  who,
} from '../unit/builders'

const numRuns = Number(process.env['FC_RUNS'] ?? 10_000)
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000)
const key = 'the-secret-of-this-desk-0123456789'

const customers = [requester, ccBob, ccCarl, outsider, 'dän@bücher.example', "o'neil@x.example"]
const colleagues = [agentAda, agentMax, lightLea, 'MAX@private.example']
const anybody = fc.constantFrom(...customers, ...colleagues, support, 'help+x@desk.example')
const colleague = fc.constantFrom(...colleagues)

const change: fc.Arbitrary<TicketEventBody> = fc.oneof(
  fc.record({ kind: fc.constant('cc.added' as const), people: fc.array(anybody.map(who)) }),
  fc.record({ kind: fc.constantFrom('cc.removed', 'cc.muted', 'cc.unmuted'), address: anybody }),
  fc.record({
    kind: fc.constant('requester.changed' as const),
    address: anybody,
    name: fc.constant('New'),
  }),
  fc.record({
    kind: fc.constant('follower.added' as const),
    address: colleague,
    level: fc.constantFrom('all' as const, 'public' as const, 'mentions' as const),
    because: fc.constant(''),
  }),
  fc.record({ kind: fc.constant('follower.removed' as const), address: colleague }),
  fc.record({ kind: fc.constant('ticket.assigned' as const), assignee: fc.option(colleague) }),
  fc.record({
    kind: fc.constant('comment.accepted' as const),
    messageId: fc.constant(idOf('m2')),
    mode: fc.constantFrom('accept' as const, 'add-cc' as const, 'alias' as const),
    aliasOf: fc.option(fc.constantFrom(requester, ccBob)),
  }),
)

const desks = fc
  .record({
    ccsEnabled: fc.boolean(),
    followersEnabled: fc.boolean(),
    agentCc: fc.constantFrom('offer-follower' as const, 'allow' as const, 'refuse' as const),
    autoFollowCcdAgent: fc.boolean(),
    ccLimit: fc.constantFrom(1, 3, 20),
    ccBlocklist: fc.constantFrom<string[][]>([], ['partner.example'], [lightLea]),
  })
  .map((policy) => aDesk(policy))

const comments = fc.record({
  kind: fc.constantFrom('public' as const, 'note' as const, 'private' as const),
  text: fc.constantFrom(
    'Use water.',
    '@lea, please look.',
    `@max and @${agentAda} know.`,
    'Writes x@lea.example.',
  ),
  audience: fc.array(anybody, { maxLength: 3 }),
  actor: fc.constantFrom(agentMax, agentAda),
})

const ascii = (address: string) => address.replace('xn--bcher-kva', 'bücher')
const list = (people: readonly { address?: string | undefined }[] | undefined) =>
  (people ?? []).map(({ address = '' }) => ascii(address))

/** All of one header field, unfolded. */
const field = (bytes: Buffer, name: string): string[] => {
  const head =
    bytes
      .toString('latin1')
      .split('\r\n\r\n')[0]
      ?.replace(/\r\n[ \t]+/g, ' ') ?? ''
  const lines = head.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name}:`))
  return lines.map((line) => line.slice(name.length + 1).trim())
}

async function expectAsShown(
  mail: MailToSend,
  bytes: Buffer,
  { projected, desk }: { projected: TicketProjection; desk: ReturnType<typeof aDesk> },
): Promise<void> {
  const isOwn = mail.kind === 'follower'
  const [first] = mail.to
  const person = first?.address ?? ''
  const token = isOwn ? tokenAddress({ key, mailbox: support }, 'f', 't1', person) : undefined
  const one = await PostalMime.parse(bytes)
  const other = await simpleParser(bytes, { skipImageLinks: true, skipTextLinks: true })
  const flat = (value: typeof other.to) => list([value ?? []].flat().flatMap((each) => each.value))
  const people = (all: MailToSend['to']) => all.map(({ address }) => ascii(address))
  const shown = [people(mail.to), people(mail.cc), [support]]
  expect([list(one.to), list(one.cc), list(one.from && [one.from])]).toEqual(shown)
  expect([flat(other.to), flat(other.cc), flat(other.from)]).toEqual(shown)
  const expected = token ?? tokenAddress({ key, mailbox: support }, 't', 't1')
  expect([list(one.replyTo), flat(other.replyTo)]).toEqual([[expected], [expected]])
  expect([one.messageId, other.messageId]).toEqual([`<${mail.messageId}>`, `<${mail.messageId}>`])
  for (const name of ['bcc', 'sender', 'resent-to', 'resent-cc']) {
    expect(field(bytes, name), name).toEqual([])
  }
  for (const name of ['to', 'from', 'reply-to', 'message-id', 'subject', 'date']) {
    expect(field(bytes, name), name).toHaveLength(1)
  }
  expect(field(bytes, 'list-unsubscribe')).toHaveLength(mail.kind === 'private' ? 0 : 1)
  expect(field(bytes, 'auto-submitted')).toEqual(isOwn ? ['auto-generated'] : [])
  if (!isOwn) return
  const isPublic = field(bytes, 'subject').join().includes('Public reply')
  const will = answerWillBe(desk, projected.participants, { isPublic, to: person })
  expect(other.text).toContain(will === 'public' ? 'a PUBLIC reply' : 'an INTERNAL note')
  const heads = one.headers.map(({ value }) => value).join('\n')
  for (const each of projected.participants) {
    if (!each.isInternal) expect(heads).not.toContain(each.address)
  }
}

it(`what is previewed is what is sent: ${String(numRuns)} comments`, async () => {
  process.stdout.write(`FC_SEED=${String(seed)}\n`)
  const counts = new Map<string, number>()
  const given = fc.record({
    desk: desks,
    changes: fc.array(fc.tuple(change, colleague), { maxLength: 6 }),
    comment: comments,
    isAnswered: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ desk, changes, comment, isAnswered }) => {
      const projected = projectTicket(
        facts(
          [
            aMail({ cc: [ccBob, agentAda] }),
            ...(isAnswered ? [aReply('r1', 2)] : []),
            aMail({ id: 'm2', at: 3, from: outsider, answers: idOf('m1') }),
            ...changes.map(([body, by], index) =>
              anEvent(body, { id: `e${String(index)}`, at: 5 + index, by }),
            ),
          ],
          desk,
        ),
      )
      const context = { desk, key, mailbox: support, signature: '' }
      const { kind, text, audience, actor } = comment
      const stored = { ...projected, ccLimit: desk.policy.ccLimit }
      // The window asks with the names in its text; the queue reads them from the text again.
      const ask = { kind, commentId: 'c1', actor, audience, mentions: mentionsIn(desk, text) }
      const shown = planMails(context, stored, ask)
      const queued = planMails(context, stored, { ...ask, mentions: mentionsIn(desk, `${text}\n`) })
      expect(queued).toEqual(shown)
      const agent = { name: 'Max', address: actor, role: 'agent' as const }
      const now = Date.UTC(2026, 0, 6)
      for (const mail of shown.mails) {
        const said = { id: 'c1', kind, text, html: null, files: [] }
        const { bytes } = await renderMail({ ...context, agent, now }, stored, {
          mail,
          comment: said,
        })
        await expectAsShown(mail, bytes, { projected, desk })
        counts.set(mail.kind, (counts.get(mail.kind) ?? 0) + 1)
      }
    }),
    { numRuns, seed, endOnFailure: true },
  )
  process.stdout.write(`${JSON.stringify(Object.fromEntries(counts))}\n`)
  // A proof of nothing would pass as well.
  for (const kind of ['public', 'private', 'follower'])
    expect(counts.get(kind) ?? 0, kind).toBeGreaterThan(0)
})
