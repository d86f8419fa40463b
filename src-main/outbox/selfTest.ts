// The set-up self test: a mail from the mailbox to itself tells whether the server keeps our Message-ID, whether the
// receipt comes, and how long it takes (architecture.md §13).
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerTraits } from '#shared/model/sending'
import { domainOf } from '#shared/rules/address'
import { AppError } from '#shared/ipc/errors'
import { newId } from '../db/ids'
import { composeMail } from '../mail/compose'
import type { ImapConnection } from '../mail/imap'
import type { SendOutcome } from '../mail/types'
import { findDeskKey, type Core } from '../tickets/core'
import { ownMessageId } from '../tickets/tokens'
import { findTerms, learnTraits } from './terms'

export interface SelfTestDoor {
  readonly account: { readonly id: string; readonly address: string }
  /** One transaction from the mailbox to itself. */
  readonly send: (bytes: Buffer) => Promise<SendOutcome>
  readonly useImap: (work: (imap: ImapConnection) => Promise<void>) => Promise<void>
  /** ms to look for it; by default 60 s. */
  readonly patience?: number
}

const usualPatience = 60_000
const betweenLooks = 500

/** Header by which a mail of ours is known where the server gives it another Message-ID. */
export const TOKEN_HEADER = 'X-Copydesk-Id'

async function look(
  imap: ImapConnection,
  messageId: string,
  end: number,
): Promise<{ keepsMessageId: boolean } | null> {
  while (performance.now() < end) {
    await imap.openFolder('INBOX')
    const kept = await imap.searchMessageId(messageId)
    const found = kept.length > 0 ? kept : await imap.searchHeader(TOKEN_HEADER, messageId)
    if (found.length > 0) {
      await imap.remove(found)
      return { keepsMessageId: kept.length > 0 }
    }
    await delay(betweenLooks)
  }
  return null
}

/**
 * Sends the mail, looks for it, removes it again and remembers what was learned, also that the server could not be asked.
 * @throws AppError `refused` before there is a desk
 */
export async function runSelfTest(core: Core, door: SelfTestDoor): Promise<ServerTraits> {
  const { id } = door.account
  try {
    return await sendAndLook(core, door)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'refused') throw error
    await learnTraits(core.db, id, { testedAt: core.now(), problem: error.message })
    return (await findTerms(core.db.read, id)).traits
  }
}

async function sendAndLook(core: Core, door: SelfTestDoor): Promise<ServerTraits> {
  const { id, address } = door.account
  const key = await findDeskKey(core, core.db.read)
  if (key === undefined) throw new AppError('refused', 'Connect a mailbox first.')
  const mail = { kind: 'selftest', commentId: newId(), recipient: '' }
  const messageId = ownMessageId(key, domainOf(address), mail)
  const { bytes } = await composeMail({
    from: { name: 'Copydesk', address },
    to: [{ name: '', address }],
    subject: 'Copydesk checks this mailbox',
    text: 'Copydesk sends this mail to itself once, to learn how this server treats it, and removes it again.',
    messageId,
    date: core.now(),
    headers: { [TOKEN_HEADER]: messageId, 'Auto-Submitted': 'auto-generated' },
  })
  const outcome = await door.send(bytes)
  const testedAt = core.now()
  if (outcome.outcome !== 'accepted') {
    await learnTraits(core.db, id, { testedAt, problem: outcome.reply })
    return (await findTerms(core.db.read, id)).traits
  }
  const startedAt = performance.now()
  let found: Awaited<ReturnType<typeof look>> = null
  await door.useImap(async (imap) => {
    found = await look(imap, messageId, startedAt + (door.patience ?? usualPatience))
  })
  const seen = found as { keepsMessageId: boolean } | null
  await learnTraits(core.db, id, {
    testedAt,
    problem: '',
    deliversReceipt: seen !== null,
    keepsMessageId: seen?.keepsMessageId ?? null,
    receiptMs: seen === null ? null : Math.round(performance.now() - startedAt),
  })
  return (await findTerms(core.db.read, id)).traits
}
