// Every rule of participants.md that stands outside its numbered tables, and the test that proves it. The tables of §4.3, §5
// and §6 are counted where they are tested: visibility, delivery, desk and policyKeys.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { page, sentences } from '../page'

const root = resolve(import.meta.dirname, '../../..')

/** Beginning of a rule on the page → file under test/ and words of the test's name. */
const proofs: readonly (readonly [rule: string, file: string, name: string])[] = [
  ['| **support address** |', 'unit/rules/outbound.property.test.ts', 'keeps every promise'],
  ['| **internal** |', 'unit/rules/desk.test.ts', 'are found under every address, in any case'],
  ['| **external** |', 'unit/rules/access.test.ts', 'nobody outside, in an open group'],
  ['| **requester** |', 'unit/rules/participants.test.ts', 'cannot take the requester off'],
  ['| **CC** |', 'main/participants/rows.test.ts', 'have a case here for every row'],
  ['| **follower** |', 'proof/customerBytes.test.ts', 'customer mail is the same'],
  ['| **assignee** |', 'unit/rules/delivery.test.ts', 'get one mail as assignee and follower'],
  ['| **outsider** |', 'unit/rules/inbound.property.test.ts', 'of an outsider or of a colleague'],
  [
    'An address is compared after',
    'unit/rules/address.test.ts',
    'is idempotent for every character',
  ],
  ['| limit |', 'main/tickets/commands.test.ts', 'refuse the 21st CC with the limit'],
  ['| valid |', 'main/db/guards.test.ts', 'accepts nothing that the rules refuse'],
  ['| never |', 'unit/rules/participants.test.ts', 'leaves out the requester, support addresses'],
  ['| internal user as CC |', 'unit/rules/participants.test.ts', 'is offered as follower'],
  ['With `autoFollowCcdAgent`', 'unit/rules/projectTicket.test.ts', 'whatever brought them'],
  ['| where added |', 'e2e/flows.electron.spec.ts', 'CCs come by paste'],
  ['| paste |', 'renderer/components/participants.test.ts', 'makes three CCs of a pasted list'],
  ['| chip |', 'renderer/components/person.test.ts', 'tells on request why somebody is here'],
  ['| removed |', 'unit/rules/narrow.test.ts', 'loses a CC whom somebody removed'],
  [
    '| muted |',
    'renderer/components/participants.test.ts',
    'says that a CC is muted without relying',
  ],
  ['| restricted ticket |', 'main/tickets/commands.test.ts', 'is nowhere for those outside'],
  [
    'in lists, search, notifications, export',
    'main/tickets/news.test.ts',
    'of a restricted ticket tells',
  ],
  [
    '- Any internal user who can see',
    'main/tickets/commands.test.ts',
    'reads, writes notes and follows',
  ],
  ['- Auto-follow:', 'unit/rules/participants.test.ts', 'becomes a follower'],
  [
    'The composer shows a pre-ticked',
    'renderer/components/composer.test.ts',
    'sending makes a follower',
  ],
  [
    '- Level per follower',
    'unit/rules/delivery.test.ts',
    'hear everything unless they said how much',
  ],
  [
    '- Never mailed for their own',
    'unit/rules/delivery.test.ts',
    'hear nothing of their own comment',
  ],
  ['- No customer-visible mail', 'unit/rules/leak.test.ts', 'finds a canary wherever it is put'],
  [
    'final bytes of each customer mail',
    'main/outbox/deliver.test.ts',
    'nothing is queued and no event is written',
  ],
  [
    'it would fail, the mail is not queued',
    'main/outbox/naming.test.ts',
    'is not queued when its @ would make them a follower',
  ],
  [
    'queued and scheduled mail is recomputed',
    'main/outbox/narrow.test.ts',
    'leaves before its hour does not reach them',
  ],
  ['an @-mentioned agent', 'unit/rules/projectTicket.test.ts', 'its mentions follow'],
  [
    '`In-Reply-To`/`References` naming',
    'main/db/threads.test.ts',
    'opens a new ticket for anybody else',
  ],
  ["The ticket's id derives", 'main/db/threads.test.ts', 'are the same whatever the order'],
  ['`From:` alone', 'unit/rules/projectTicket.test.ts', 'is flagged'],
  ['Trust is `verified`', 'unit/rules/trust.test.ts', 'verifies the person to whom it was issued'],
  ['More than one `From` field', 'main/mail/parse.test.ts', 'counts From fields'],
  [
    'New ticket: everyone in `Cc:`',
    'unit/rules/participants.test.ts',
    'makes everyone in Cc and every further To',
  ],
  [
    'Later mail: addresses in To/Cc',
    'unit/rules/participants.test.ts',
    'nobody when the sender is not verified',
  ],
  ['A CC added by a CC can wait', 'unit/rules/participants.test.ts', 'only after approval'],
  [
    'Nobody added by mail is sent the history',
    'main/outbox/content.test.ts',
    'nothing that was said before',
  ],
  [
    'Removal by mail: a **leave** mail',
    'unit/rules/participants.test.ts',
    'removes its own sender and nobody else',
  ],
  [
    'a reply-all that keeps at least one',
    'unit/rules/participants.test.ts',
    'an edited reply-all takes off',
  ],
  [
    'A plain Reply removes nobody',
    'unit/rules/participants.test.ts',
    'a plain Reply removes nobody',
  ],
  [
    'All changes: audit row, banner',
    'unit/rules/participants.test.ts',
    'can be undone with one word',
  ],
  [
    'An agent who answers by mail',
    'unit/rules/participants.test.ts',
    'does not when they own the ticket',
  ],
  [
    '- One mail for requester and CCs',
    'main/outbox/deliver.test.ts',
    'with the To and Cc of the plan',
  ],
  [
    '`In-Reply-To`/`References` to the last public',
    'proof/customerBytes.test.ts',
    'customer mail is the same',
  ],
  ['`Auto-Submitted` on automatic kinds', 'main/participants/rows.test.ts', 'have a case here'],
  [
    '- Follower mail: one per person',
    'main/duties/duties.test.ts',
    'in a mail of their own each, once',
  ],
  ['says in subject and first line', 'unit/rules/answerWillBe.test.ts', 'is said rightly'],
  [
    '- Requester undeliverable',
    'unit/rules/delivery.test.ts',
    'warns only where the requester should',
  ],
  ['- The person who caused it', 'unit/rules/outbound.property.test.ts', 'keeps every promise'],
  [
    '- Notes, private audiences',
    'unit/rules/delivery.test.ts',
    'lets only the kinds meant for customers',
  ],
  ['- Before anything is sent', 'proof/planIsSent.test.ts', 'what is previewed is what is sent'],
  [
    'Every key, as `policy get` prints',
    'unit/rules/policyKeys.test.ts',
    'prints every key in the order',
  ],
  [
    'Roles: `admin`, `agent`, `light`',
    'main/tickets/commands.test.ts',
    'is refused the rest in a sentence',
  ],
  [
    'A ticket is in at most one group',
    'unit/rules/access.test.ts',
    'holds while the policy lists the group',
  ],
  ['A light agent reads', 'main/tickets/commands.test.ts', 'reads, writes notes and follows'],
  ['Policy, directory, groups', 'unit/rules/desk.test.ts', 'applies what admins change'],
  [
    'Every decision below is a pure function',
    'unit/rules/explain.test.ts',
    'has a sentence for every code of',
  ],
  [
    'Never a participant |',
    'unit/rules/inbound.property.test.ts',
    'no support address, nobody twice',
  ],
  [
    'Needs no account, no user record',
    'unit/rules/projectTicket.test.ts',
    'has its author as requester',
  ],
  [
    'none on a ticket between colleagues',
    'unit/rules/projectTicket.test.ts',
    'may be between colleagues',
  ],
  ['one per ticket', 'main/db/guards.test.ts', 'refuses a second requester'],
  [
    'Never changed by mail; an agent can',
    'unit/rules/inbound.property.test.ts',
    'the requester is changed by an agent alone',
  ],
  [
    'Never changed by mail; an agent can',
    'unit/rules/projectTicket.test.ts',
    'a new requester leaves the CC list',
  ],
  ['Gets every public reply.', 'main/participants/rows.test.ts', 'public reply'],
  ['Visible to all in `Cc:`', 'main/outbox/deliver.test.ts', 'with the To and Cc of the plan'],
  ['No limit.', 'main/ipc/ids.test.ts', 'names everybody of a big desk'],
  ['Gets public and private comments in a mail', 'main/participants/rows.test.ts', 'internal note'],
  ['Invisible outside the desk |', 'proof/customerBytes.test.ts', 'customer mail is the same'],
  ['`Manager@Example.COM` and', 'unit/rules/address.test.ts', 'Manager@Example.COM'],
  ['`a+x@b` and `a@b` are two', 'unit/rules/address.test.ts', 'isSupportAddress'],
  [
    'The 21st is refused with a sentence',
    'renderer/components/participants.test.ts',
    'names the one too many',
  ],
  [
    'Inbound surplus is not lost',
    'unit/rules/participants.test.ts',
    'keeps every one of them somewhere',
  ],
  ['Checked in the renderer, again in main', 'main/db/guards.test.ts', 'refuses the 21st CC'],
  [
    'the UI says that their address becomes visible',
    'renderer/components/participants.test.ts',
    'asks before a colleague becomes visible',
  ],
  ['from the next mail on.', 'main/outbox/narrow.test.ts', 'does not reach a CC removed or muted'],
  [
    'Mail already handed to the server',
    'main/outbox/narrow.test.ts',
    'though others have the mail already',
  ],
  ['Externals never.', 'unit/rules/projectTicket.test.ts', 'followers are internal, have a level'],
  ['Otherwise a new ticket.', 'main/db/threads.test.ts', 'opens a new ticket for anybody else'],
  [
    'else the `+tag` token of our Reply-To',
    'main/outbox/deliver.test.ts',
    'comes back to the same ticket',
  ],
  ['A different Reply-To domain is flagged', 'unit/rules/projectTicket.test.ts', 'is flagged'],
  [
    'two independent readings',
    'main/mail/parse.test.ts',
    'is never claimed where the other reader',
  ],
  [
    'otherwise shown as **suggestions**',
    'unit/rules/participants.test.ts',
    'accepts and dismisses suggestions',
  ],
  ['`List-Unsubscribe` leave address', 'main/participants/rows.test.ts', 'hasLeave'],
  [
    '(List-Unsubscribe of every notification)',
    'main/participants/rows.test.ts',
    'takes off the CC and the follower who send it',
  ],
  ['Same content for all.', 'main/participants/rows.test.ts', 'public reply'],
  ["`From:` agent's name and the support", 'main/participants/rows.test.ts', "from: 'Ada Agent'"],
  ['`Reply-To:` the support address with', 'main/participants/rows.test.ts', "replyTo: 'ticket'"],
  ['deterministic `Message-ID`', 'proof/planIsSent.test.ts', 'what is previewed is what is sent'],
  [
    'Nobody gets the same comment twice.',
    'unit/rules/outbound.property.test.ts',
    'reaches no person twice',
  ],
  [
    'Every skipped person gets a row',
    'unit/rules/outbound.property.test.ts',
    'tells of everybody exactly once',
  ],
  ['Roles: `admin`, `agent`, `light`.', 'unit/rules/desk.test.ts', 'may do what the role allows'],
  [
    "then only the group's members",
    'main/tickets/commands.test.ts',
    'is open to the members of the group',
  ],
]

/** What the page says about itself. */
const about = ['The normative behaviour of', 'Where the code and this page', 'Words in **bold**']

describe('a rule of participants.md', () => {
  it.each(proofs)('%s is proved by a test that exists', (_, file, name) => {
    const titles = readFileSync(resolve(root, 'test', file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(?:\/\/|\*|\/\*\*|import )/.test(line))
    expect(titles.some((line) => line.includes(name))).toBe(true)
  })

  it.skipIf(page === null)('of every sentence outside the counted tables has a proof', () => {
    const said = sentences().filter((one) => !about.some((words) => one.startsWith(words)))
    const proves = (one: string) => proofs.filter(([rule]) => one.includes(rule))
    expect(said.filter((one) => proves(one).length === 0)).toEqual([])
    expect(proofs.filter(([rule]) => !said.some((one) => one.includes(rule)))).toEqual([])
    expect(said).toHaveLength(77)
  })
})
