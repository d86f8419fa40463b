import type { NewTicketInput } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { TicketEventBody } from '#shared/model/event'
import {
  addressProblem,
  canonicalAddress,
  domainOf,
  isBlocklisted,
  isSupportAddress,
  isValidAddress,
} from '#shared/rules/address'
import { mayDo } from '#shared/rules/desk'
import { ticketIdOf } from '../db/ids'
import type { Writer } from '../db/write'
import { currentDesk, findDeskKey, getAgent, type Core } from '../tickets/core'
import { openMailbox } from '../tickets/mailboxes'
import { ownMessageId } from '../tickets/tokens'

function usable(desk: Desk, person: MailAddress, what: string): MailAddress {
  const address = canonicalAddress(person.address)
  if (!isValidAddress(address)) {
    throw new AppError('invalid-input', `The ${what} “${person.address}” is not an address.`, {
      because: addressProblem(address) ?? 'invalid-address',
    })
  }
  if (isSupportAddress(desk, address)) {
    throw new AppError('refused', `${address} is this desk's own address: it is never a ${what}.`, {
      because: 'support-address',
    })
  }
  return { name: person.name, address }
}

function ccsOf(desk: Desk, input: NewTicketInput, requester: MailAddress): MailAddress[] {
  const ccs = new Map<string, MailAddress>()
  for (const person of input.ccs) {
    const cc = usable(desk, person, 'CC')
    if (isBlocklisted(desk.policy, cc.address)) {
      throw new AppError('refused', `${cc.address} is on the desk's blocklist.`, {
        because: 'blocklisted',
        what: cc.address,
      })
    }
    if (cc.address !== requester.address) ccs.set(cc.address, cc)
  }
  if (ccs.size > desk.policy.ccLimit) {
    throw new AppError('refused', `A ticket has at most ${String(desk.policy.ccLimit)} CCs.`, {
      because: 'over-limit',
      limit: desk.policy.ccLimit,
    })
  }
  return [...ccs.values()]
}

/** @throws AppError `invalid-input` when the desk has no such mailbox: another would be the wrong sender */
function mailboxIn(desk: Desk, address: string | null): string | null {
  if (address === null || isSupportAddress(desk, address)) return address
  throw new AppError('invalid-input', `The desk has no mailbox ${address}: choose one it has.`, {
    because: 'unknown-mailbox',
  })
}

/** The fact that opens a ticket from here: its id is that of the mail which is about to be written. */
export async function openTicket(
  core: Core,
  tx: Writer,
  input: NewTicketInput,
): Promise<{ ticketId: string; events: TicketEventBody[] }> {
  const desk = await currentDesk(core, tx)
  const agent = await getAgent(tx)
  if (!mayDo(desk, agent.address, 'public-reply')) {
    throw new AppError('refused', 'Your role does not allow writing to customers: ask an agent.', {
      because: 'role',
    })
  }
  const { mailbox } = await openMailbox(core, tx, mailboxIn(desk, input.mailbox ?? null))
  const key = await findDeskKey(core, tx)
  if (key === undefined) {
    throw new AppError('refused', 'There is no desk yet: connect a mailbox first.')
  }
  const requester = usable(desk, input.requester, 'requester')
  const rootId = ownMessageId(key, domainOf(mailbox.address), {
    kind: 'public',
    commentId: input.id,
    recipient: '',
  })
  const created: TicketEventBody = {
    kind: 'ticket.created',
    subject: input.subject,
    requester,
    mailbox: mailbox.address,
    ccs: ccsOf(desk, input, requester),
    rootId,
  }
  return { ticketId: ticketIdOf(rootId), events: [created] }
}
