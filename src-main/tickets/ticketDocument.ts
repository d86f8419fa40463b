// A ticket on paper: one HTML document without scripts, styles from outside or anything of a mail but its text.
import type { TicketDetail } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'

export type Include = 'public' | 'all'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string): string => text.replace(/[&<>"']/gu, (c) => escapes[c] ?? '')

const style = `
@page { margin: 18mm }
body { font: 11pt/1.5 system-ui, sans-serif; color: #111; margin: 0 }
h1 { font-size: 16pt; margin: 0 0 2mm }
.meta { color: #444; font-size: 9.5pt; margin: 0 0 6mm }
article { border-top: 0.3mm solid #bbb; padding: 4mm 0; break-inside: auto }
article.private { border-left: 1.2mm solid #b8860b; padding-left: 4mm }
header { display: flex; justify-content: space-between; font-size: 9.5pt; break-after: avoid }
.kind { font-weight: 600 }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: 2mm 0 0 }
ul { margin: 2mm 0 0; font-size: 9.5pt }`

const personText = ({ name, address }: MailAddress): string =>
  name === '' ? address : `${name} <${address}>`

/** In the time zone of this machine, with its offset, so that paper is not ambiguous. */
function moment(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'long',
  }).format(at)
}

type Entry = TicketDetail['comments'][number]

function kindOf({ visibility, kind }: Entry): string {
  if (visibility === 'held') return 'Held'
  if (kind === 'note') return 'Internal note'
  return visibility === 'public' ? 'Public' : 'Private'
}

function article(entry: Entry, locale: string): string {
  const isPublic = entry.visibility === 'public'
  const files = entry.attachments.map((file) => `<li>${escape(file.name)}</li>`).join('')
  return `<article${isPublic ? '' : ' class="private"'}><header>
    <span><b>${escape(personText(entry.author))}</b> · <span class="kind">${kindOf(entry)}</span></span>
    <time>${escape(moment(entry.at, locale))}</time></header>
    <pre>${escape(entry.text)}</pre>${files === '' ? '' : `<ul>${files}</ul>`}</article>`
}

/**
 * The document of one ticket. `public` holds what requester and CCs have seen and nothing else: no note, no private reply,
 * no held mail, no follower, assignee, tag or history (participants.md §3, last rule).
 */
export function ticketDocument(
  detail: Pick<TicketDetail, 'ticket' | 'participants' | 'comments'>,
  include: Include,
  locale = 'en',
): string {
  const { ticket, participants, comments } = detail
  const ccs = participants.filter((p) => p.role === 'cc').map(personText)
  const followers = participants.filter((p) => p.role === 'follower').map(personText)
  const rows = [
    ['Ticket', ticket.key],
    ['Requester', ticket.requester === null ? '–' : personText(ticket.requester)],
    ['CC', ccs.join(', ')],
    ...(include === 'all'
      ? [
          ['Followers', followers.join(', ')],
          ['Assignee', ticket.assignee ?? ''],
          ['Status', ticket.status],
          ['Tags', ticket.tags.join(', ')],
        ]
      : []),
  ].filter(([, value]) => value !== '')
  const shown = comments.filter(
    (c) => include === 'all' || (c.visibility === 'public' && c.kind !== 'system'),
  )
  return (
    `<!doctype html><html lang="${escape(locale)}"><head><meta charset="utf-8"><title>${escape(ticket.subject)}</title>` +
    `<style>${style}</style></head><body><h1 dir="auto">${escape(ticket.subject)}</h1><p class="meta">` +
    rows.map(([name, value]) => `${escape(name ?? '')}: ${escape(value ?? '')}`).join('<br>') +
    `</p>${shown.map((entry) => article(entry, locale)).join('')}</body></html>`
  )
}
