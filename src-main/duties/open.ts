// What is due here, by the account it leaves from. There may be thousands after a night without anybody.
import { AppError } from '#shared/ipc/errors'
import type { Duty } from '#shared/model/duty'
import { listDueDuties, listMailboxesOf } from '../db/duties'
import { maySendScheduled } from '../outbox/scheduled'
import type { Core } from '../tickets/core'
import { openMailbox } from '../tickets/mailboxes'

/** What is refused here, another desktop does. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

interface Asked {
  /** False while this desktop could not send from the account: whoever can does the duty. */
  readonly canSend?: ((accountId: string) => Promise<boolean>) | undefined
  readonly mayDo: (duty: Duty) => boolean
}

/** Duties that this desktop could do now, oldest first, by the id of the account whose mail they are. */
export async function findOpenDuties(
  core: Core,
  { canSend, mayDo }: Asked,
): Promise<Map<string, Duty[]>> {
  const { read } = core.db
  const due = (await listDueDuties(read, core.now())).filter(mayDo)
  const mailboxes = await listMailboxesOf(
    read,
    due.map(({ ticketId }) => ticketId),
  )
  const accounts = new Map<string | null, string | undefined>()
  for (const mailbox of new Set(mailboxes.values())) {
    const found = await unlessRefused(() => openMailbox(core, read, mailbox))
    const isOpen = found !== undefined && (await canSend?.(found.accountId)) !== false
    accounts.set(mailbox, isOpen ? found.accountId : undefined)
  }
  const open = new Map<string, Duty[]>()
  for (const duty of due) {
    const mailbox = mailboxes.get(duty.ticketId)
    const accountId = mailbox === undefined ? undefined : accounts.get(mailbox)
    if (accountId === undefined) continue
    const isRefused =
      duty.kind === 'scheduled' &&
      (await unlessRefused(() => maySendScheduled(core, read, duty))) !== true
    if (isRefused) continue
    const others = open.get(accountId)
    if (others === undefined) open.set(accountId, [duty])
    else others.push(duty)
  }
  return open
}
