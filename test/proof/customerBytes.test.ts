// What customers get, on its final bytes: the same whoever follows and whatever is said inside, never a word of it, and
// for two independent parsers exactly the people of the plan.
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { expect, it } from 'vitest'
import { renderDutyMail, type DutyText } from '#main/duties/renderDuty'
import { renderMail } from '#main/outbox/renderMail'
import { withIds } from '#main/tickets/planMails'
import { tokenAddress } from '#main/tickets/tokens'
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { TicketProjection } from '#shared/model/projection'
import { planDelivery } from '#shared/rules/delivery'
import { planDutyInput, type MailDutyKind } from '#shared/rules/duties'
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
  requester,
  support,
  thePeople,
} from '../unit/builders'

const numRuns = Number(process.env['FC_RUNS'] ?? 10_000)
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000)
const key = 'the-secret-of-this-desk-0123456789'

const zoe = {
  ...thePeople[1]!,
  name: 'Zoe Canary',
  address: 'zoe.canary@desk.example',
  aliases: [],
}
const desk = aDesk(
  {
    statusMailToRequester: true,
    statusMailToCcs: true,
    acknowledge: true,
    relayToCcs: true,
    csat: true,
  },
  { people: [...thePeople, zoe] },
)
const context = {
  desk,
  key,
  mailbox: support,
  signature: 'The desk',
  agent: { name: 'Max', address: agentMax, role: 'agent' as const },
  now: Date.UTC(2026, 0, 6),
}

const names = ['', 'Bob', 'Jörg Müller, Dr.', '李雷', '"Quoted" Name', 'a@b.example', 'Ann (home)']
const externals = [ccBob, ccCarl, 'dän@bücher.example', "o'neil@partner.example", 'x+y@new.example']
const name = fc.constantFrom(...names)

/** What everybody may know. */
const open = fc
  .record({
    ccs: fc.uniqueArray(fc.tuple(name, fc.constantFrom(...externals)), {
      selector: ([, address]) => address,
      maxLength: 5,
    }),
    from: name,
    subject: fc.constantFrom(
      'Printer on fire',
      'Re: AW: Größe',
      '',
      '日本語の件名',
      'a '.repeat(60),
    ),
    isAnswered: fc.boolean(),
    hasRequester: fc.boolean(),
  })
  .map(({ ccs, from, subject, isAnswered, hasRequester }): (MailFact | TicketEvent)[] => {
    const cc = ccs.map(([text, address]) => ({ name: text, address }))
    const first = aMail({
      id: 'm1',
      more: { cc, subject, from: { name: from, address: requester } },
    })
    const made = anEvent({
      kind: 'ticket.created',
      subject,
      requester: null,
      mailbox: support,
      ccs: cc,
      rootId: 'root',
    })
    return [hasRequester ? first : made, ...(isAnswered ? [aReply('r1', 5)] : [])]
  })

const secretText = 'CANARY: the customer must never read this line.'
const colleague = fc.constantFrom(zoe.address, agentAda, lightLea)
const at = fc.integer({ min: 1, max: 30 })

/** What only the desk may know: followers, notes, private replies, held mail, assignments. */
const inside = fc.array(
  fc.oneof(
    fc
      .record({ address: colleague, at })
      .map(({ address, at: when }) =>
        anEvent(
          { kind: 'follower.added', address, level: 'all', because: 'canary' },
          { at: when, by: agentAda },
        ),
      ),
    fc
      .record({ assignee: fc.option(colleague), at })
      .map(({ assignee, at: when }) =>
        anEvent({ kind: 'ticket.assigned', assignee }, { at: when, by: agentAda }),
      ),
    fc.record({ n: fc.nat(9), at }).map(({ n, at: when }) =>
      anEvent(
        {
          kind: 'note.written',
          commentId: `canary${String(n)}`,
          text: secretText,
          mentions: [zoe.address],
        },
        { at: when, by: zoe.address },
      ),
    ),
    fc.record({ n: fc.nat(9), at }).map(({ n, at: when }) =>
      aReply(`canary-p${String(n)}`, when, {
        by: zoe.address,
        visibility: 'private',
        audience: ['canary@vendor.example'],
        mails: [],
      }),
    ),
    fc.record({ n: fc.nat(9), at }).map(({ n, at: when }) =>
      aMail({
        id: `canary-m${String(n)}`,
        at: when,
        from: 'canary@outside.example',
        answers: idOf('m1'),
        more: { subject: secretText, text: secretText },
      }),
    ),
  ),
  { minLength: 1, maxLength: 6 },
)

const text: DutyText = {
  comment: null,
  text: 'Use water.',
  files: [],
  missingFiles: [],
  status: { by: agentMax, from: 'open', to: 'solved' },
}

interface Sent {
  readonly bytes: Buffer
  readonly to: string[]
  readonly cc: string[]
  readonly replyTo: string
}

async function reply(projected: TicketProjection): Promise<Sent[]> {
  const plan = withIds(
    context,
    planDelivery({
      kind: 'public',
      projected,
      desk,
      actor: agentMax,
      chosen: [],
      mentions: [],
      alreadyOn: [],
      isPublic: true,
      isVerified: true,
      undeliverable: projected.undeliverable,
    }),
    'c1',
  )
  const html = '<p>Use <b>water</b>.</p>'
  const comment = { id: 'c1', kind: 'public', text: 'Use water.', html, files: [] } as const
  const mails = plan.mails.filter(({ kind }) => kind !== 'follower')
  return Promise.all(
    mails.map(async (mail) => ({
      bytes: (await renderMail(context, projected, { mail, comment })).bytes,
      to: mail.to.map(({ address }) => address),
      cc: mail.cc.map(({ address }) => address),
      replyTo: tokenAddress(context, 't', 't1'),
    })),
  )
}

async function duty(projected: TicketProjection, kind: MailDutyKind): Promise<Sent[]> {
  const found = projected.comments.find(({ id }) => id === 'm1')
  const isMail = kind !== 'status' && kind !== 'survey'
  if (isMail && found === undefined) return []
  const source =
    isMail && found !== undefined
      ? { comment: found, mail: { to: [], cc: [] } }
      : { entry: { by: agentMax, source: 'e1' } }
  const input = planDutyInput(kind, source, { projected, desk, undeliverable: [] })
  const plan = withIds(context, planDelivery(input), 'e1')
  const about = isMail && found !== undefined ? { ...text, comment: found, status: null } : text
  const row = { key: `${kind} e1`, kind, ticketId: 't1', sourceId: 'e1', dueAt: 0 }
  const mails = plan.mails.filter((mail) => mail.kind !== 'follower')
  return Promise.all(
    mails.map(async (mail) => ({
      bytes: (
        await renderDutyMail(context, { ...projected, ccLimit: 20 }, { duty: row, mail, about })
      ).bytes,
      to: mail.to.map(({ address }) => address),
      cc: mail.cc.map(({ address }) => address),
      replyTo: tokenAddress(context, kind === 'survey' ? 's' : 't', 't1'),
    })),
  )
}

const ascii = (address: string) => address.replace('xn--bcher-kva', 'bücher')
const list = (people: readonly { address?: string | undefined }[] | undefined) =>
  (people ?? []).map(({ address = '' }) => ascii(address))

async function expectRead(sent: Sent): Promise<void> {
  const one = await PostalMime.parse(sent.bytes)
  const other = await simpleParser(sent.bytes, { skipImageLinks: true, skipTextLinks: true })
  const flat = (field: typeof other.to) => list([field ?? []].flat().flatMap(({ value }) => value))
  const expected = [sent.to.map(ascii), sent.cc.map(ascii), [support], [sent.replyTo]]
  expect([list(one.to), list(one.cc), list(one.from && [one.from]), list(one.replyTo)]).toEqual(
    expected,
  )
  expect([flat(other.to), flat(other.cc), flat(other.from), flat(other.replyTo)]).toEqual(expected)
  const heads = one.headers.map(({ value }) => value).join('\n')
  const read = [heads, one.text, one.html, other.text, other.html, sent.bytes.toString('latin1')]
  expect(read.join('\n')).not.toMatch(/canary/i)
}

const kinds = ['reply', 'reply', 'relay', 'notice', 'acknowledgement', 'status', 'survey'] as const

it(`customer mail is the same whatever goes on inside, and read as planned: ${String(numRuns)} tickets`, async () => {
  process.stdout.write(`FC_SEED=${String(seed)}\n`)
  const counts = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(open, inside, fc.constantFrom(...kinds), async (known, secret, kind) => {
      const of = (all: readonly (MailFact | TicketEvent)[]) => {
        const projected = projectTicket(facts(all, desk))
        return kind === 'reply' ? reply(projected) : duty(projected, kind)
      }
      const plain = await of(known)
      const full = await of([...known, ...secret])
      expect(full.map(({ bytes }) => bytes.toString('latin1'))).toEqual(
        plain.map(({ bytes }) => bytes.toString('latin1')),
      )
      for (const sent of plain) await expectRead(sent)
      counts.set(kind, (counts.get(kind) ?? 0) + plain.length)
    }),
    { numRuns, seed, endOnFailure: true },
  )
  process.stdout.write(`${JSON.stringify(Object.fromEntries(counts))}\n`)
  // A proof of nothing would pass as well.
  for (const kind of new Set(kinds)) expect(counts.get(kind) ?? 0, kind).toBeGreaterThan(0)
})
