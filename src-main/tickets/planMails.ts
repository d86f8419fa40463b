// From a comment to its mails: the same function plans the preview, the queueing and every later reckoning.
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { Plan, PlanKind } from '#shared/model/projection'
import { canonicalAddress, domainOf } from '#shared/rules/address'
import { planDelivery } from '#shared/rules/delivery'
import type { StoredTicket } from '../db/tickets'
import { ownMessageId } from './tokens'

export interface PlanContext {
  readonly desk: Desk
  readonly key: string
  /** Address the mails come from. */
  readonly mailbox: string
  /** What stands under each mail to customers; empty for nothing. */
  readonly signature: string
}

export interface PlanRequest {
  readonly kind: PlanKind
  readonly commentId: string
  readonly actor: string
  readonly audience: readonly string[]
  readonly mentions: readonly string[]
}

export interface MailToSend {
  readonly kind: Plan['mails'][number]['kind']
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly messageId: string
}

export interface MailPlan extends Omit<Plan, 'mails'> {
  readonly mails: readonly MailToSend[]
}

/** Who gets which mail of this comment (participants.md §5), each with the Message-ID it will have. */
export function planMails(
  context: PlanContext,
  projected: StoredTicket,
  request: PlanRequest,
): MailPlan {
  const plan = planDelivery({
    kind: request.kind,
    projected,
    desk: context.desk,
    actor: request.actor,
    chosen: request.audience,
    mentions: request.mentions,
    alreadyOn: [],
    isPublic: request.kind === 'public',
    isVerified: true,
    undeliverable: projected.undeliverable,
  })
  return withIds(context, plan, request.commentId)
}

/**
 * Gives each mail of a plan its Message-ID. Only a colleague's own mail is named by who gets it: the one
 * mail to customers is the same mail whoever is on it by now.
 */
export function withIds(context: PlanContext, plan: Plan, sourceId: string): MailPlan {
  const domain = domainOf(context.mailbox)
  const mails = plan.mails.map((mail) => {
    const recipient = mail.kind === 'follower' ? canonicalAddress(mail.to[0]?.address ?? '') : ''
    const messageId = ownMessageId(context.key, domain, {
      kind: mail.kind,
      commentId: sourceId,
      recipient,
    })
    return { ...mail, messageId }
  })
  return { ...plan, mails }
}
