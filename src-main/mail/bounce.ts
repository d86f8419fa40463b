// What a mail server says about a mail of ours that did not arrive: reports by RFC 3464, and those that servers wrote
// before it or without it. Only daemons are believed; a person who forwards a bounce stays a person.
import { decodeText, firstField, readFieldLine } from './fields'
import { readAddresses, readAuthors } from './readFrom'
import { leavesOf, type Part, type Skeleton } from './skeleton'
import type { DeliveryReport } from './types'

const MAX_TEXT = 65_536
const MAX_FAILED = 100

const STATUS = new Set(['message/delivery-status', 'message/global-delivery-status'])
const RETURNED = new Set([
  'message/rfc822',
  'message/global',
  'message/rfc822-headers',
  'text/rfc822-headers',
])

const DAEMON_ADDRESS =
  /^(?:mailer-?daemon|post_?master|ndr|mail-?daemon|mdaemon|mmdf|mailerdaemon|mail-delivery[\w-]*|bounces?)(?:[+@]|$)/i
const DAEMON_NAME =
  /mail(?:er)?[- ]?daemon|mail(?:er)? ?delivery|delivery (?:sub)?system|delivery (?:status|notification|failure)|system administrator|postmaster|internet mail|mail administrator/i
const SUBJECT =
  /undeliver|unzustellbar|nicht zugestellt|non remis|no se pudo entregar|mancato recapito|delivery|failure notice|returned (?:mail|to sender|message)|(?:mail|message) (?:could not|not|system error|status|returned|failed)|could not (?:be )?deliver|failed mail|mail failed|user unknown|nondeliverable|mail fail|warning.{0,40}(?:delay|could not send)|rejected|bounce|email address|受信|配信/i

const addressOf = (value: string): string =>
  value
    .replace(/^[^;]*;/, '')
    .trim()
    .replace(/^<|>$/g, '')

type Group = ReadonlyMap<string, string>

// RFC 3464 2.3: groups of fields, divided by empty lines; the first group is about the report itself.
function groupsIn(text: string): Group[] {
  return text
    .replace(/\n[ \t]+/g, ' ')
    .split(/\n[ \t]*\n/)
    .map((group) => {
      const fields = new Map<string, string>()
      for (const line of group.split('\n')) {
        const field = readFieldLine(line)
        if (field !== null && !fields.has(field.name)) fields.set(field.name, field.value)
      }
      return fields
    })
}

function failedIn(groups: readonly Group[]): string[] {
  const failed = new Set<string>()
  for (const fields of groups) {
    const action = fields.get('action')?.toLowerCase() ?? ''
    const isFailed =
      action.startsWith('failed') || (action === '' && /^5\./.test(fields.get('status') ?? ''))
    if (!isFailed) continue
    for (const name of ['original-recipient', 'final-recipient']) {
      const address = addressOf(fields.get(name) ?? '')
      if (address !== '') failed.add(address)
    }
  }
  return [...failed].slice(0, MAX_FAILED)
}

const idIn = (head: string): string | null =>
  /^[>\s]{0,8}message-id[ \t]*:\s{0,8}<([^<>\s]{1,998})>/im.exec(head)?.[1] ?? null

// Where the copy of our mail begins in a report that is one text.
const COPY =
  /^(?:-{2,}.{0,60}(?:copy|original|returned|unsent|below|message|transcript of the header)|original message follows|received: |return-path: |>?from \S+@\S+ |\s{0,4}\*{3,}.{0,40}original)/i

function divideCopy(text: string): { report: string; copy: string } {
  const lines = text.slice(0, MAX_TEXT).split('\n')
  const at = lines.findIndex((line, index) => index > 2 && COPY.test(line.slice(0, 200)))
  if (at < 0) return { report: lines.join('\n'), copy: '' }
  return { report: lines.slice(0, at).join('\n'), copy: lines.slice(at).join('\n') }
}

const ADDRESS = /[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])/gi
const TEMPORARY =
  /will (?:keep|continue)|still trying|do not need to resend|has not (?:yet )?been (?:delivered|able)|warning message only|delivery.{0,20}delayed|could not be delivered for the last/i
const PERMANENT =
  /permanent|giving up|given up|undeliverable|unknown|no such|does ?n[o']t exist|\b5\d\d\b|\b5\.\d\.\d/i

function failedInText(report: string, own: ReadonlySet<string>): string[] {
  if (TEMPORARY.test(report) && !PERMANENT.test(report)) return []
  const failed = new Set<string>()
  for (const [address] of report.matchAll(ADDRESS)) {
    const lower = address.toLowerCase()
    if (!own.has(lower) && !DAEMON_ADDRESS.test(lower)) failed.add(lower)
  }
  return [...failed].slice(0, MAX_FAILED)
}

function isFromDaemon(skeleton: Skeleton): boolean {
  const from = firstField(skeleton.fields, 'from')
  const [author] = readAuthors(from).addresses
  if (DAEMON_ADDRESS.test(author?.address ?? from.replace(/^.*</, ''))) return true
  return DAEMON_NAME.test(decodeText(from).slice(0, 300))
}

/** The text of a leaf part. */
export type TextOf = (bytes: Buffer, part: Part) => string

/**
 * What a bounce at top level says (a forwarded one is a person's mail, RFC 3834). `text` is the mail's readable text.
 * Addresses found in prose are claims: the ticket believes only those it has written to.
 */
export function readBounce(
  skeleton: Skeleton,
  text: string,
  textOf: TextOf,
): DeliveryReport | null {
  const { root, bytes, fields } = skeleton
  const leaves = leavesOf(root)
  const status = leaves.find((part) => STATUS.has(part.type))
  const isReport = root.type === 'multipart/report' && status !== undefined
  const told = firstField(fields, 'x-failed-recipients')
  const subject = decodeText(firstField(fields, 'subject')).slice(0, 500)
  const isNullSender = /^<\s*>/.test(firstField(fields, 'return-path'))
  const isDaemon = isReport || told !== '' || isFromDaemon(skeleton)
  if (!isReport && told === '' && !((isDaemon || isNullSender) && SUBJECT.test(subject)))
    return null
  const returned = leaves.find((part) => RETURNED.has(part.type))
  const head = returned === undefined ? '' : textOf(bytes, returned).slice(0, MAX_TEXT)
  const { report, copy } = divideCopy(text)
  const originalId = idIn(head.split(/\n[ \t]*\n/)[0] ?? '') ?? idIn(copy)
  const groups = status === undefined ? [] : groupsIn(textOf(bytes, status).slice(0, MAX_TEXT))
  if (groups.some((group) => group.has('action') || group.has('status'))) {
    return { failed: failedIn(groups), originalId }
  }
  if (told !== '') {
    const failed = [...told.matchAll(ADDRESS)].map(([address]) => address.toLowerCase())
    return { failed: [...new Set(failed)].slice(0, MAX_FAILED), originalId }
  }
  const own = new Set(
    ['from', 'to', 'cc'].flatMap((name) =>
      readAddresses(firstField(fields, name)).addresses.map((each) => each.address.toLowerCase()),
    ),
  )
  return { failed: failedInText(report, own), originalId }
}
