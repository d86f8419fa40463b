// Does one duty: its mails and the fact that it is done are committed together, so that a crash before
// leaves it open and one after leaves it done. The mails' Message-IDs derive from the duty: done twice,
// by whatever desktop, they are the same mails (architecture.md §12).
import { AppError } from '#shared/ipc/errors'
import type { Duty } from '#shared/model/duty'
import type { OutgoingFile } from '#shared/model/customerMail'
import type { MailFact, Skipped } from '#shared/model/message'
import {
  ACKNOWLEDGEMENT_LIMIT,
  ACKNOWLEDGEMENT_WINDOW_MS,
  isMailDuty,
  planDutyInput,
  type DutySource,
} from '#shared/rules/duties'
import { planDelivery } from '#shared/rules/delivery'
import { countAcknowledged, findDuty } from '../db/duties'
import { newId } from '../db/ids'
import { findMessage, listAttachments, listBodies } from '../db/messages'
import { insertOutboxItem } from '../db/outbox'
import { getTicket, type StoredTicket } from '../db/tickets'
import type { Reader, Writer } from '../db/write'
import { log } from '../log'
import { refuseLeaks, secretsOf } from '../outbox/refuseLeaks'
import { isForCustomers } from '../outbox/renderMail'
import { storeOwnMail } from '../outbox/storeOwnMail'
import { getAgent, type Core } from '../tickets/core'
import { withIds, type MailPlan, type MailToSend } from '../tickets/planMails'
import { planContext } from '../tickets/previewPlan'
import { recordTicketEvents } from '../tickets/record'
import { renderDutyMail, type DutyText } from './renderDuty'

/** The bytes of an attachment, from here or from the server. */
export type ReadFile = (id: string) => Promise<{ name: string; type: string; bytes: Buffer }>

interface Files {
  readonly files: OutgoingFile[]
  readonly missingFiles: string[]
}

/** What customers are passed on; a file that is gone from the server is named instead. */
async function loadFiles(read: Reader, duty: Duty, readFile: ReadFile): Promise<Files> {
  const files: OutgoingFile[] = []
  const missingFiles: string[] = []
  if (duty.kind !== 'relay' && duty.kind !== 'notice') return { files, missingFiles }
  const attached = (await listAttachments(read, [duty.sourceId])).get(duty.sourceId) ?? []
  for (const { id, name } of attached) {
    if (duty.kind === 'notice') missingFiles.push(name)
    else {
      const found = await readFile(id).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'not-found') return undefined
        throw error
      })
      if (found === undefined) missingFiles.push(name)
      else files.push({ name, type: found.type, content: found.bytes, cid: null })
    }
  }
  return { files, missingFiles }
}

interface Cause {
  readonly source: DutySource
  readonly text: Pick<DutyText, 'comment' | 'text' | 'status'>
}

async function mailCause(
  db: Reader,
  stored: StoredTicket,
  mail: MailFact,
): Promise<Cause | undefined> {
  const comment = stored.comments.find(({ id }) => id === mail.id)
  if (comment === undefined) return undefined
  const body = (await listBodies(db, [mail.id])).get(mail.id)
  const text = body === undefined ? '' : body.text.slice(0, body.freshLength).trimEnd()
  return { source: { comment, mail }, text: { comment, text, status: null } }
}

async function causeOf(db: Reader, stored: StoredTicket, duty: Duty): Promise<Cause | undefined> {
  const mail = await findMessage(db, duty.sourceId)
  if (mail !== undefined) return mailCause(db, stored, mail.fact)
  const entry = stored.audit.find(
    ({ what, source }) => what === 'status.set' && source === duty.sourceId,
  )
  if (entry === undefined) return undefined
  const { from = '', to = '' } = entry.detail
  return {
    source: { entry },
    text: { comment: null, text: '', status: { by: entry.by, from, to } },
  }
}

interface Queueing {
  readonly duty: Duty
  readonly stored: StoredTicket
  readonly plan: MailPlan
  readonly about: DutyText
}

async function queueMails(
  core: Core,
  tx: Writer,
  { duty, stored, plan, about }: Queueing,
): Promise<{ queued: MailToSend[]; skipped: Skipped[]; refused: string | null }> {
  const context = { ...(await planContext(core, tx, stored)), now: core.now() }
  const agentAddress = about.comment?.isInternal === true ? about.comment.author.address : ''
  const { desk } = context
  const secrets = await secretsOf(tx, { desk, stored }, { agentAddress, text: about.text })
  const queued: MailToSend[] = []
  const skipped = [...plan.skipped]
  let refused: string | null = null
  for (const mail of plan.mails) {
    const { bytes, subject } = await renderDutyMail(context, stored, { duty, mail, about })
    const isOutside = isForCustomers(mail.kind) || mail.kind === 'csat'
    const leak = isOutside
      ? leakIn(() => {
          refuseLeaks(bytes, secrets)
        })
      : null
    if (leak !== null) {
      refused = leak
      for (const { address } of [...mail.to, ...mail.cc]) skipped.push({ address, because: leak })
      continue
    }
    if (isOutside) await storeOwnMail(core, tx, { bytes, accountId: context.accountId })
    await insertOutboxItem(tx, {
      id: newId(),
      accountId: context.accountId,
      ticketId: stored.ticket.id,
      commentId: duty.sourceId,
      kind: mail.kind,
      messageId: mail.messageId,
      subject,
      to: [...mail.to],
      cc: [...mail.cc],
      bytes,
      nextAt: context.now,
      queuedAt: context.now,
      dutyKey: duty.key,
    })
    queued.push(mail)
  }
  return { queued, skipped, refused }
}

/** The code of what a mail would tell. Nobody can be asked, so it stays behind and the ticket says so. */
function leakIn(check: () => void): string | null {
  try {
    check()
    return null
  } catch (error) {
    const leaks = error instanceof AppError ? error.detail['leaks'] : undefined
    const [first] = Array.isArray(leaks) ? (leaks as { kind?: unknown }[]) : []
    if (typeof first?.kind === 'string') return first.kind
    throw error
  }
}

/** Leaves out who has had enough acknowledgements lately: a person asks seldom, a machine answers each. */
async function withoutFed(core: Core, tx: Writer, plan: MailPlan): Promise<MailPlan> {
  const since = core.now() - ACKNOWLEDGEMENT_WINDOW_MS
  const mails: MailToSend[] = []
  const skipped = [...plan.skipped]
  for (const mail of plan.mails) {
    const [to] = mail.to
    const isFed =
      mail.kind === 'acknowledgement' &&
      to !== undefined &&
      (await countAcknowledged(tx, to.address, since)) >= ACKNOWLEDGEMENT_LIMIT
    if (isFed) skipped.push({ address: to.address, because: 'acknowledged-lately' })
    else mails.push(mail)
  }
  return { ...plan, mails, skipped }
}

async function performIn(core: Core, tx: Writer, key: string, files: Files): Promise<boolean> {
  const duty = await findDuty(tx, key)
  if (duty === undefined || !isMailDuty(duty.kind)) return false
  const stored = await getTicket(tx, duty.ticketId)
  const cause = await causeOf(tx, stored, duty)
  if (cause === undefined) return false
  const context = await planContext(core, tx, stored)
  const { desk } = context
  const planned = planDelivery(
    planDutyInput(duty.kind, cause.source, {
      projected: stored,
      desk,
      undeliverable: stored.undeliverable,
    }),
  )
  const plan = await withoutFed(core, tx, withIds(context, planned, duty.sourceId))
  const about = { ...cause.text, ...files }
  const done = await queueMails(core, tx, { duty, stored, plan, about })
  const plain = (mail: MailToSend) => ({
    messageId: mail.messageId,
    kind: mail.kind,
    to: mail.to.map(({ address }) => address),
    cc: mail.cc.map(({ address }) => address),
  })
  await recordTicketEvents(core, tx, {
    ticketId: duty.ticketId,
    bodies: [
      {
        kind: 'duty.done',
        duty: duty.kind,
        sourceId: duty.sourceId,
        mails: done.queued.map(plain),
        refused: done.refused,
        skipped: done.skipped,
      },
    ],
    isQuiet: true,
  })
  tx.changed('outbox', duty.key)
  log.info('duties', 'done', { duty: duty.kind, mails: done.queued.length })
  return done.queued.length > 0
}

/** Does a duty if it is still open. @returns whether mail was queued */
export async function performDuty(core: Core, duty: Duty, readFile: ReadFile): Promise<boolean> {
  await getAgent(core.db.read)
  const files = await loadFiles(core.db.read, duty, readFile)
  return core.db.write('duties.perform', (tx) => performIn(core, tx, duty.key, files), {
    isDurable: true,
  })
}
