// What the window asks of the desktop it runs on: links that were opened, notifications, paper.
import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import { getDetail } from '../tickets/detail'
import { ticketDocument, type Include } from '../tickets/ticketDocument'
import type { Door } from './door'

export function desktopHandlers({
  engine,
  host,
  viewer,
}: Door): Pick<Handlers<Contract>, 'desktop'> {
  const { read } = engine.core.db
  const document = async (
    ticketId: string,
    include: Include,
  ): Promise<{ key: string; html: string }> => {
    const detail = await getDetail(read, await viewer(), ticketId)
    return { key: detail.ticket.key, html: ticketDocument(detail, include) }
  }
  return {
    desktop: {
      takeRequest: () => host.takeRequest(),
      print: async ({ ticketId, include }) => {
        await host.print((await document(ticketId, include)).html)
      },
      savePdf: async ({ ticketId, include }) => {
        const { key, html } = await document(ticketId, include)
        return { isSaved: await host.savePdf(`ticket-${key}.pdf`, html) }
      },
    },
  }
}
