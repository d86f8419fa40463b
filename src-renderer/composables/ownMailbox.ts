import type { Account } from '#shared/model/account'
import { canonicalAddress } from '#shared/rules/address'

/** `support+token@desk` is `support@desk`: how answers find their ticket is not for people's eyes. */
export function untagged(address: string): string {
  const [local = '', domain = ''] = canonicalAddress(address).split('@')
  return `${local.split('+')[0] ?? ''}@${domain}`
}

type Mailbox = Pick<Account, 'address' | 'aliases'>

/** The mailbox of this desk that an address, its alias or its tagged form stands for. */
export function ownMailbox<M extends Mailbox>(
  address: string,
  mailboxes: readonly M[],
): M | undefined {
  const plain = untagged(address)
  return mailboxes.find((one) =>
    [one.address, ...one.aliases].some((own) => canonicalAddress(own) === plain),
  )
}
