// What everybody has received, to be read back: per person, one file a mail.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMail } from './customers.mjs'
import { directory, mailboxOf, support } from './people.mjs'

/** Writes each mail that the desk sends into the folder of each of its recipients. */
export function keepReceived(servers, folder, say) {
  const counts = new Map()
  servers.onSent(({ raw, to }) => {
    const others = to.map(mailboxOf).filter((address) => address !== support)
    for (const address of others) {
      const count = (counts.get(address) ?? 0) + 1
      counts.set(address, count)
      mkdirSync(join(folder, address), { recursive: true })
      writeFileSync(join(folder, address, `${count}.eml`), raw)
    }
    readMail(raw)
      .then(({ subject }) => say(`→ ${others.join(', ')}: ${subject}`))
      .catch((error) => say(`→ ${others.join(', ')}: not readable (${error.message})`))
  })
}

const colleagues = new Set(directory.map(({ address }) => address))
export const isColleague = (address) => colleagues.has(address)

const headers = [
  'from',
  'to',
  'cc',
  'reply-to',
  'subject',
  'message-id',
  'in-reply-to',
  'references',
]

/** Header fields as they stand in the mail, unfolded. */
export function headersOf(raw) {
  const [head] = raw.toString('utf8').split(/\r?\n\r?\n/, 1)
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  return new Map(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
}

const width = 96
const cut = (text) => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

/** One person's mails as lines of a table. */
export function tableOf(person, role, mails) {
  const rule = '─'.repeat(14)
  const title = `${person.name} <${person.address}>, ${role}`
  const count = mails.length === 1 ? '1 mail' : `${mails.length} mails`
  const rows = mails.flatMap(({ raw }) => {
    const fields = headersOf(raw)
    return headers.map((name) => {
      const label = name.replace(/(^|-)(\w)/g, (all) => all.toUpperCase()).replace('-Id', '-ID')
      return `│ ${label.padEnd(12)} │ ${cut(fields.get(name) ?? '–')}`
    })
  })
  return [`┌${rule}┬ ${title}: ${count}`, ...rows, `└${rule}┴${'─'.repeat(width)}`]
}
