import type { TicketView } from '#shared/model/ticket'

/** The views as they stand in the sidebar: what is to be done, then what lies behind. */
export const viewGroups: readonly (readonly TicketView[])[] = [
  ['open', 'mine', 'unassigned', 'following', 'ccd', 'ccdByMe', 'mentioned', 'held'],
  ['scheduled', 'sent', 'solved', 'all'],
]

/** Held mail has a screen of its own. */
export const placeOf = (view: TicketView): { name: string; params?: { view: string } } =>
  view === 'held' ? { name: 'held' } : { name: 'tickets', params: { view } }
