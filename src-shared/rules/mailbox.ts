import type { Mailbox } from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import { isSupportAddress } from './address'

/** The mailbox a support address belongs to, under any of its addresses or their `+tag` variants. */
export function findMailbox(desk: Pick<Desk, 'mailboxes'>, address: string): Mailbox | undefined {
  return desk.mailboxes.find((box) => isSupportAddress({ mailboxes: [box] }, address))
}
