// Sentences of ours that travel as text: the state of a connection, the last words about a mail. Main makes them here, the
// window knows them again and says them in its language; a server's own words stay as they are.

/** English by code; `{x}` is filled from the detail. No two may fit one text. */
export const sayings = {
  'server-no-encryption':
    '{protocol} without encryption is only allowed on this computer. Choose TLS or STARTTLS.',
  'server-no-tls':
    'The {protocol} server {server} does not speak TLS. Check the port, or choose STARTTLS in security.',
  'server-certificate':
    'The certificate of the {protocol} server {server} cannot be trusted for the host "{host}". Check the host name; a certificate of your own must be made known to this computer.',
  'server-injects':
    'The {protocol} server {server} went on speaking without encryption after STARTTLS: somebody between may be adding words. Nothing was sent. Choose TLS in security, or ask the provider.',
  'server-no-starttls':
    'The {protocol} server {server} does not offer STARTTLS. Choose TLS in security, or check the port.',
  'server-not-found': 'The host "{host}" cannot be found. Check the host name, or the network.',
  'server-silent-port':
    'The {protocol} server {server} does not answer: nothing listens there. Check the port and the host.',
  'server-no-greeting':
    'The {protocol} server {server} accepts connections but sends no greeting. Check the port, or choose another security (TLS or STARTTLS).',
  'server-too-slow':
    'The {protocol} server {server} does not answer in time. Check the host and the port, or the network.',
  'server-away': 'The {protocol} server {server} is not available now: {reply}',
  'server-refuses': 'The {protocol} server {server} refuses us: {reply}',
  'server-other-protocol':
    'The {protocol} server {server} answers in another protocol. Check the port.',
  'server-wrong-password':
    'The {protocol} server {server} refuses this user and password. Check both.',
  'server-ended':
    'The {protocol} server {server} ended the connection. Check the settings, or try later.',
  'server-cannot-check': 'The {protocol} server {server} cannot check the password now.',
  'server-open':
    'The IMAP server at {host} lets anybody in without a password and without encryption. Choose TLS in security, or check the port.',
  'connecting-stopped': 'Connecting was stopped.',
  'connection-lost': 'The connection to the IMAP server was lost.',
  'connection-missing': 'There is no connection to the IMAP server.',
  'connection-lost-storing': 'The connection was lost while a message was stored.',
  'login-ended': 'The IMAP server ended the login.',
  'folder-missing': 'The folder does not exist on the server.',
  'server-asks-to-wait': 'The IMAP server asks us to wait.',
  'imap-refused': 'The IMAP server refused: {reply}',
  'mail-gone': 'The mail is no longer on the server.',
  'part-too-big': 'This is larger than Copydesk reads (64 MiB).',
  'mails-set-aside':
    'The server cannot hand over {count} mail(s); they are tried again once a day. Look for them in another mail program.',
  'reading-failed': 'Something went wrong while reading mail; the log file has the details.',
  'reading-stopped':
    'Reading mail stopped unexpectedly. Nothing is lost; it starts again by itself.',
  'mailbox-full': 'The mailbox is full: changes stay on this computer until there is room again.',
  'device-key-damaged':
    'The key of this desktop (device.key in the profile) is damaged: put a backup back, or remove the file to get a new one.',
  'password-unreadable': 'The stored password cannot be read: enter it again.',
  'file-not-saved': 'The file could not be saved here ({reason}): choose another place.',
  'file-not-opened': 'No program could open this file: {reason}',
  'ticket-not-printed': 'The ticket was not printed: {reason}.',
  'not-an-address': 'This is no mail address: it looks like name@example.com.',
  'no-mailbox-yet': 'No mailbox is connected yet: connect one first.',
  'held-for-news':
    'Somebody wrote on this ticket after this reply was sent: read it, then send it, edit it or cancel it.',
  'held-for-people':
    'Other people than it was sent to would get this reply by now: send it as it is, edit it or cancel it.',
  'waits-for-password': 'Waiting for the password.',
  'sending-failed': 'Something went wrong while this mail was being sent.',
  'sent-by-receipt': 'Settled by its receipt.',
  'sent-without-receipt': 'No receipt came: the server did not take the mail.',
  'sent-elsewhere-maybe': 'Another desktop may have sent this mail: its receipt will tell.',
  'sent-elsewhere-decides':
    'Another desktop may have this to send. The journal, which cannot be read now or names that one, decides.',
  'sending-interrupted': 'The app ended while this mail was being sent.',
  'cancelled-by-agent': 'Cancelled by an agent.',
  'marked-by-agent': 'Marked as sent by an agent.',
} as const

export type SayingCode = keyof typeof sayings

/** All of them in another language. */
export type SayingWords = Readonly<Record<SayingCode, string>>

type Detail = Readonly<Record<string, string>>

/** The sentence with what is named in it; English unless other words are given. */
export function say(code: SayingCode, detail: Detail = {}, words: SayingWords = sayings): string {
  return words[code].replace(/\{(\w+)\}/g, (_, key: string) => detail[key] ?? '')
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** One word for each place but the last, so that a hostile reply costs no more than its length. */
function patternOf(sentence: string): RegExp {
  const parts = sentence.split(/\{(\w+)\}/)
  const last = parts.length - 2
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return escaped(part)
    return index === last ? `(?<${part}>[^]*)` : `(?<${part}>\\S+?)`
  })
  return new RegExp(`^${source.join('')}$`)
}

const codes = Object.keys(sayings) as SayingCode[]
const patterns = codes.map((code) => [code, patternOf(sayings[code])] as const)

/** One of our English sentences in other words; everybody else's text as it is. */
export function resay(text: string, words: SayingWords): string {
  for (const [code, pattern] of patterns) {
    const match = pattern.exec(text)
    if (match !== null) return say(code, match.groups, words)
  }
  return text
}
