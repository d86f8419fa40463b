import type { TicketStatus } from '#shared/model/ticket'

/** In the order of a ticket's life. */
export const ticketStatuses: readonly TicketStatus[] = [
  'new',
  'open',
  'pending',
  'solved',
  'closed',
]
