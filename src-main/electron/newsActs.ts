// What somebody can do with a notification, by the same calls that the window makes.
import type { OpenRequest } from '#shared/model/openRequest'
import type { App } from '../host'
import { log } from '../log'
import type { NotificationOptions } from './notifications'

function addressIn(session: unknown): string | null {
  if (typeof session !== 'object' || session === null || !('agent' in session)) return null
  const { agent } = session
  if (typeof agent !== 'object' || agent === null || !('address' in agent)) return null
  return typeof agent.address === 'string' ? agent.address : null
}

/** Assigns the ticket to the person at this desktop. @returns what to show where that was not possible, with the reason */
async function takeTicket(app: Pick<App, 'serve'>, ticketId: string): Promise<OpenRequest | null> {
  const ticket = { kind: 'ticket', key: ticketId } as const
  const known = await app.serve('session.get', undefined)
  if (!known.ok) return { ...ticket, refused: known.error }
  const assignee = addressIn(known.value)
  if (assignee === null) return ticket
  const action = { do: 'assign', assignee }
  const changed = await app.serve('tickets.change', { ticketId, action })
  if (changed.ok) return null
  log.warn('window', 'not assigned', { code: changed.error.code })
  return { ...ticket, refused: changed.error }
}

/** `put` shows the window and hands the request to its page. */
export function newsActs(
  app: Pick<App, 'serve'>,
  put: (request: OpenRequest) => void,
): Pick<NotificationOptions, 'open' | 'reply' | 'assign'> {
  return {
    open: ({ ticketId }) => {
      put({ kind: 'ticket', key: ticketId })
    },
    reply: ({ ticketId }) => {
      put({ kind: 'ticket', key: ticketId, isReply: true })
    },
    assign: ({ ticketId }) => {
      void takeTicket(app, ticketId).then((shown) => {
        if (shown !== null) put(shown)
      })
    },
  }
}
