import type { PlanView } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { isInternal } from '#shared/rules/desk'
import { humanKey } from '#shared/rules/linked'
import { exposedFollowers, hiddenMentions } from '#shared/rules/hidden'
import { currentDesk, findDeskKey, getAgent, type Core } from './core'
import { getVisibleTicket } from './detail'
import { openMailbox } from './mailboxes'
import { planMails, type PlanContext } from './planMails'
import type { StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'

/** What a comment on this ticket is planned with: the desk, its secret, and the mailbox it is answered from. */
export async function planContext(
  core: Core,
  db: Reader,
  stored: Pick<StoredTicket, 'ticket'>,
): Promise<PlanContext & { accountId: string }> {
  const key = await findDeskKey(core, db)
  const { mailbox, accountId } = await openMailbox(core, db, stored.ticket.mailbox)
  if (key === undefined) {
    throw new AppError('refused', 'There is no desk yet: connect a mailbox, then answer.')
  }
  const desk = await currentDesk(core, db)
  return { desk, key, mailbox: mailbox.address, signature: mailbox.signature, accountId }
}

/** What would be sent if the agent answered now; nothing is written (participants.md §5, last rule). */
export async function previewPlan(
  core: Core,
  request: {
    ticketId: string
    kind: 'public' | 'note' | 'private'
    audience: readonly string[]
    /** Id of the comment to be; Message-IDs of the preview are those of the mails when it is given. */
    commentId?: string
    mentions?: readonly string[] | undefined
  },
): Promise<PlanView> {
  const { read } = core.db
  const agent = await getAgent(read)
  const desk = await currentDesk(core, read)
  const stored = await getVisibleTicket(read, { desk, agent }, request.ticketId)
  const { kind, mentions = [] } = request
  const plan = planMails(await planContext(core, read, stored), stored, {
    kind,
    commentId: request.commentId ?? 'preview',
    actor: agent.address,
    audience: request.audience,
    mentions,
  })
  const writer = agent.address
  const mail = plan.mails.find((each) => each.kind === kind)
  const people = { desk, projected: stored }
  const isOutside =
    mail?.to.some(({ address }) => !isInternal(desk, humanKey(people, address))) === true
  const isForCustomers = mail?.kind === 'public' || isOutside
  return {
    hidden: isForCustomers ? hiddenMentions(desk, stored, { writer, mentions }) : [],
    exposed:
      mail?.kind === 'private' && isOutside ? exposedFollowers(desk, stored, writer, mail.to) : [],
    mails: plan.mails.map((mail) => ({ ...mail, to: [...mail.to], cc: [...mail.cc] })),
    skipped: [...plan.skipped],
    warnings: [...plan.warnings],
    audienceChange: {
      added: [...plan.audienceChange.added],
      removed: [...plan.audienceChange.removed],
      newDomains: [...plan.audienceChange.newDomains],
    },
  }
}
