// letters.txt → the mails a support mailbox has collected in two weeks, dated back from now.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBounce, writeMail } from './mail.mjs'
import * as files from './files.mjs'
import { findColleague, readPeople, readPerson, support } from './people.mjs'

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** "1d 4h" in ms */
const readSpan = (text) =>
  [...text.matchAll(/(\d+)([mhd])/g)].reduce((sum, [, count, unit]) => sum + count * units[unit], 0)

/** Always the same id for the same mail: repeating the demo makes the same tickets. */
function messageId(subject, index, address) {
  const name = createHash('sha256').update(`${subject}\n${index}`).digest('hex').slice(0, 20)
  return `${name}@${address.split('@').pop()}`
}

function readLetter(text) {
  const [head, ...lines] = text.split('\n')
  const [author, ...options] = head.split('|').map((part) => part.trim())
  return { author, options, text: lines.join('\n').trim() }
}

function readTicket(text) {
  const [head, ...letters] = text.split(/^--- /m)
  const [subject, ...fields] = head.trim().split('\n')
  const field = (name) =>
    fields.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
  return {
    subject: subject.trim(),
    requester: readPerson(field('who')),
    ccs: readPeople(field('cc')),
    ago: readSpan(field('ago')),
    done: (field('do') ?? '').split(', ').filter(Boolean),
    letters: letters.map(readLetter),
  }
}

export function readTickets() {
  const text = readFileSync(join(import.meta.dirname, 'letters.txt'), 'utf8')
  return text.split(/^=== /m).slice(1).map(readTicket)
}

const makers = {
  photo: ['image/png', files.photo],
  pdf: ['application/pdf', files.pdf],
  txt: ['text/plain', files.log],
}

function attachmentsOf(options, isLogo, domain) {
  const made = options.flatMap((option) => {
    const [word, name] = option.split(' ')
    const maker = makers[word]
    return maker ? [{ filename: name, contentType: maker[0], content: maker[1](name) }] : []
  })
  const inline = { filename: 'logo.png', contentType: 'image/png', content: files.logo(domain) }
  return isLogo
    ? [...made, { ...inline, cid: `logo@${domain}`, contentDisposition: 'inline' }]
    : made
}

function authorOf(author, { requester, ccs }) {
  if (author === 'requester') return requester
  const [word, ...rest] = author.split(' ')
  const name = rest.join(' ')
  if (word === 'agent') return { ...findColleague(name), address: support }
  if (word !== 'cc') return readPerson(author)
  const cc = ccs.find((person) => person.name === name)
  if (!cc) throw new Error(`${name} is no CC of this ticket`)
  return cc
}

/** To and Cc as a person's mail program fills them in for a reply to all. */
function recipientsOf({ author, isAgent, options }, { requester, ccs }) {
  const desk = { name: 'Lumenhaus', address: support }
  const others = ccs.filter(({ address }) => address !== author.address)
  if (options.includes('plain')) return { to: [desk], cc: [] }
  if (isAgent) return { to: [requester], cc: others }
  if (author.address === requester.address) return { to: [desk], cc: others }
  return { to: [desk, requester], cc: others }
}

const verdictOf = (options) =>
  options.includes('forged') ? 'fail' : options.includes('unsure') ? 'none' : 'pass'

/** Age of each mail of a ticket, from its newest one backwards. */
function agesOf({ ago, letters }) {
  const gaps = letters.map(({ options }) =>
    readSpan(options.find((option) => option.startsWith('+')) ?? ''),
  )
  return letters.map((_, index) => ago + gaps.slice(index + 1).reduce((sum, gap) => sum + gap, 0))
}

async function writeTicket(ticket, now) {
  const ages = agesOf(ticket)
  const people = { ...ticket, ccs: [...ticket.ccs] }
  const written = []
  for (const [index, { author: word, options, text }] of ticket.letters.entries()) {
    const author = authorOf(word, people)
    const added = options.find((option) => option.startsWith('adds '))
    if (added) people.ccs.push(readPerson(added.slice('adds '.length)))
    const at = now - ages[index]
    const isAgent = word.startsWith('agent ')
    const id = messageId(ticket.subject, index, author.address)
    const last = written.at(-1)
    const bounced = options.find((option) => option.startsWith('bounce '))?.split(' ')[1]
    const fields = {
      id,
      at,
      from: author,
      ...recipientsOf({ author, isAgent, options }, people),
      subject: index === 0 ? ticket.subject : `Re: ${ticket.subject}`,
      text,
      answers: last,
      references: written.map((mail) => mail.id),
      isHtml: options.includes('html'),
      hasLogo: options.includes('logo'),
      isVacation: options.includes('vacation'),
      files: attachmentsOf(options, options.includes('logo'), author.address.split('@').pop()),
    }
    const raw = bounced ? writeBounce(fields, bounced) : await writeMail(fields)
    const from = bounced || fields.isVacation ? '' : author.address
    const verdict = verdictOf(options)
    written.push({ ...fields, raw, envelope: from, isAgent, verdict })
  }
  return written
}

/**
 * Fills the mailbox.
 * @returns what colleagues have done to tickets, by subject, and how many mails there are
 */
export async function fillMailbox(servers, now = Date.now()) {
  const tickets = readTickets()
  const mails = (await Promise.all(tickets.map((ticket) => writeTicket(ticket, now)))).flat()
  mails.sort((a, b) => a.at - b.at)
  for (const { raw, at, isAgent, envelope, from, verdict } of mails) {
    if (isAgent) servers.fileSent(raw, at)
    else
      servers.deliver({
        from: envelope,
        author: from.address,
        raw,
        at,
        verdict,
        isSeen: isRead(at, now),
      })
  }
  const done = tickets.flatMap(({ subject, done: words }) =>
    words.map((word) => ({ subject, word })),
  )
  // Oldest first, so that the newest tickets stay on top.
  return { tickets: tickets.length, mails: mails.length, done: done.reverse() }
}

/** What is older than a day has been read by somebody. */
const isRead = (at, now) => now - at > units.d
