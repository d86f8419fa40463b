import type { Delivery } from '#shared/ipc/contract'
import type { DeliveryState } from '#shared/model/message'

/** What became of a comment for one person. */
export interface Receipt {
  readonly address: string
  readonly name: string
  /** In the customers' mail, or in a mail of their own; null: no mail was meant for them. */
  readonly how: 'to' | 'cc' | 'own' | null
  readonly state: DeliveryState | 'refused' | 'bounced' | 'skipped'
  /** Epoch ms of what the state tells; null where nothing has happened. */
  readonly at: number | null
  /** Epoch ms of the next try; null when none is due. */
  readonly nextAt: number | null
  /** The server's words, empty when it said nothing worth telling. */
  readonly words: string
  /** Code of why nothing was sent; empty when something was. */
  readonly because: string
}

function stateOf(mail: Delivery, address: string, hasCome: boolean): Receipt['state'] {
  if (mail.refused.some((one) => one.address === address)) return 'refused'
  if (mail.state === 'partly') return mail.waiting.includes(address) ? 'queued' : 'sent'
  return mail.state === 'sent' && hasCome ? 'bounced' : mail.state
}

/** One line per person and mail, those skipped last (participants.md §5: each has a row with the reason). */
export function receiptsOf(
  deliveries: readonly Delivery[],
  undeliverable: readonly string[] = [],
): Receipt[] {
  const reached = deliveries.flatMap((mail) => {
    const isOwn = mail.kind === 'follower'
    const people = [
      ...mail.to.map((one) => ({ ...one, how: isOwn ? ('own' as const) : ('to' as const) })),
      ...mail.cc.map((one) => ({ ...one, how: 'cc' as const })),
    ]
    return people.map(({ name, address, how }): Receipt => {
      const state = stateOf(mail, address, undeliverable.includes(address))
      const refusal = mail.refused.find((one) => one.address === address)?.reply
      const isQuiet = state === 'sent' || state === 'bounced'
      const at = mail.triedAt ?? mail.queuedAt
      const words = refusal ?? (isQuiet ? '' : mail.lastReply)
      return { name, address, how, state, at, nextAt: mail.nextAt, words, because: '' }
    })
  })
  const skipped = deliveries
    .flatMap((mail) => mail.skipped)
    .filter(
      (one, index, all) =>
        all.findIndex((other) => other.address === one.address) === index &&
        !reached.some((other) => other.address === one.address),
    )
    .map(({ address, because }): Receipt => ({
      ...{ address, name: '', how: null, state: 'skipped' },
      ...{ at: null, nextAt: null, words: '', because },
    }))
  return [...reached, ...skipped]
}
