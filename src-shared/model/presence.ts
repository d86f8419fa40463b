import { z } from 'zod'

export const presenceState = z.enum(['viewing', 'replying'])
export type PresenceState = z.infer<typeof presenceState>

const ticketId = z.string().min(1).max(64)

/** What the person at this desktop is at. No ticket: they look at a list or at settings. */
export const whereabouts = z.object({ ticketId: ticketId.nullable(), state: presenceState })
export type Whereabouts = z.infer<typeof whereabouts>

/** A colleague who has a ticket open now. */
export const presentPerson = z.object({
  /** As the directory has it. */
  address: z.string(),
  ticketId: z.string(),
  state: presenceState,
})
export type PresentPerson = z.infer<typeof presentPerson>

/** What one desktop says of itself, as it lies in the presence folder under its signature. */
export const presenceNote = z.object({
  v: z.literal(1),
  device: z.string().min(1).max(64),
  by: z.string().min(3).max(254),
  ticketId,
  state: presenceState,
})
export type PresenceNote = z.infer<typeof presenceNote>
