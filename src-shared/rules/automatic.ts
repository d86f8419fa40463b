import type { HeaderField, MailFact } from '#shared/model/message'

/** Header fields that decide whether a mail is automatic (participants.md §4.3 row 3). */
export const automaticHeaders = [
  'auto-submitted',
  'precedence',
  'list-id',
  'return-path',
  'x-autoreply',
  'x-autorespond',
  'x-autoresponder',
  'x-auto-reply',
  'x-mail-autoreply',
  'x-vacation',
  'x-vacation-message',
  'x-autoresponse',
  'x-loop',
  'x-ms-exchange-inbox-rules-loop',
] as const

type AutomaticHeader = (typeof automaticHeaders)[number]

const bulk = new Set(['bulk', 'list', 'junk', 'auto_reply'])

/** The first word of a field, lower case, without comment and parameters (RFC 3834 §5). */
const firstWord = (value: string) =>
  value
    .slice(0, 998)
    .replace(/\([^()]*\)/g, ' ')
    .trim()
    .split(/[\s;]/, 1)[0]
    ?.toLowerCase() ?? ''

const says = (value: string) => !['', 'no', 'false', '0'].includes(firstWord(value))

const isMarked = (because: string) => (value: string) => (says(value) ? because : null)

const vacation = isMarked('vacation')

const judges: Readonly<Record<AutomaticHeader, (value: string) => string | null>> = {
  'auto-submitted': isMarked('auto-submitted'),
  precedence: (value) => (bulk.has(firstWord(value)) ? 'precedence' : null),
  'list-id': (value) => (value.trim() === '' ? null : 'list-id'),
  'return-path': (value) => (firstWord(value) === '<>' ? 'null-return-path' : null),
  'x-autoreply': isMarked('x-autoreply'),
  'x-autorespond': isMarked('x-autoreply'),
  'x-autoresponder': isMarked('x-autoreply'),
  'x-auto-reply': isMarked('x-autoreply'),
  'x-mail-autoreply': isMarked('x-autoreply'),
  'x-vacation': vacation,
  'x-vacation-message': vacation,
  'x-autoresponse': isMarked('x-autoreply'),
  'x-loop': (value) => (value.trim() === '' ? null : 'x-loop'),
  'x-ms-exchange-inbox-rules-loop': isMarked('vacation'),
}

const isJudged = (name: string): name is AutomaticHeader => Object.hasOwn(judges, name)

const reasonOf = ({ name, value }: HeaderField) => (isJudged(name) ? judges[name](value) : null)

/** Names under which only programs write (RFC 2142; RFC 5321 §4.5.5). */
const daemon =
  /^(?:mailer-?daemon|mail-?daemon|noreply-dmarc[\w-]*|listserv|majordomo|autoresponder|autoreply)@/

type Machine = Pick<MailFact, 'headers'> & Partial<Pick<MailFact, 'from' | 'marks'>>

/** Why no person wrote this mail, or null (participants.md §4.3 row 3). List-Unsubscribe says nothing. */
export function automaticReason(mail: Machine): string | null {
  for (const field of mail.headers) {
    const because = reasonOf(field)
    if (because !== null) return because
  }
  if (mail.marks?.includes('read-receipt') === true) return 'read-receipt'
  if (mail.marks?.includes('complaint') === true) return 'complaint'
  return daemon.test(mail.from?.address.toLowerCase() ?? '') ? 'mail-daemon' : null
}
