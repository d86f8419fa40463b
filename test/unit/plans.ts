import type { Participant } from '#shared/model/participant'
import type { Plan, PlanInput, ProjectedTicket } from '#shared/model/projection'
import { aDesk, agentMax, ccBob, ccCarl, requester, support } from './builders'

/** Who is on a ticket, in one line for a test. */
export function aParticipant(
  role: Participant['role'],
  address: string,
  more: Partial<Participant> = {},
): Participant {
  return {
    address,
    name: '',
    role,
    isInternal: role === 'follower',
    isMuted: false,
    mutedBy: null,
    level: role === 'follower' ? 'all' : null,
    origin: {
      kind: 'mail',
      by: requester,
      at: 0,
      messageId: null,
      header: null,
      because: 'first-mail',
    },
    ...more,
  }
}

export interface PlanWords extends Partial<Omit<PlanInput, 'projected'>> {
  requester?: string | null
  ccs?: readonly string[]
  followers?: readonly string[]
  assignee?: string | null
  /** Replaces the rows made from the words above. */
  participants?: readonly Participant[]
  last?: ProjectedTicket['lastPublicAudience']
}

/** A public reply of Max to Ann with Bob and Carl as CCs; nobody follows, nobody is assigned. */
export function aPlanInput(words: PlanWords = {}): PlanInput {
  const {
    requester: who = requester,
    ccs = [ccBob, ccCarl],
    followers = [],
    assignee = null,
    last = null,
    participants,
    ...input
  } = words
  return {
    kind: 'public',
    desk: aDesk(),
    actor: agentMax,
    chosen: [],
    mentions: [],
    alreadyOn: [],
    isPublic: true,
    isVerified: true,
    undeliverable: [],
    ...input,
    projected: {
      ticket: {
        id: 't1',
        key: 'K7M2QX',
        subject: 'Printer on fire',
        status: 'open',
        requester: who === null ? null : { name: '', address: who },
        assignee,
        group: null,
        tags: [],
        mailbox: support,
        mergedInto: null,
        createdAt: 0,
        updatedAt: 0,
        revision: 1,
        commentCount: 1,
        heldCount: 0,
        preview: '',
        lastAuthor: '',
      },
      participants: participants ?? [
        ...(who === null ? [] : [aParticipant('requester', who)]),
        ...ccs.map((address) => aParticipant('cc', address)),
        ...followers.map((address) => aParticipant('follower', address)),
      ],
      lastPublicAudience: last,
    },
  }
}

/** A plan as a person reads it: `public To: ann Cc: bob`, and `bob: muted`. */
export function shown(plan: Plan): { mails: string[]; skipped: string[] } {
  const list = (people: Plan['mails'][number]['to']) => people.map((each) => each.address).join(' ')
  return {
    mails: plan.mails.map(({ kind, to, cc }) =>
      [kind, `To: ${list(to)}`, ...(cc.length > 0 ? [`Cc: ${list(cc)}`] : [])].join(' '),
    ),
    skipped: plan.skipped.map(({ address, because }) => `${address}: ${because}`),
  }
}
