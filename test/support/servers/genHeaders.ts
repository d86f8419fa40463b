// Header sections as bulky and as odd as in life.
import { renderDate, renderPerson, type Context, type MailKind, type Person } from './genContext'
import { base64Lines, encodeWords, isAscii, randomBytes } from './genMime'
import { wordOf, wrap } from './genText'

function traceHeaders({ random, options, at, kind }: Context, from: Person): string[] {
  const host = from.address.split('@')[1] as string
  const lines = [
    `Return-Path: <${kind === 'bounce' || kind === 'auto' ? '' : from.address}>`,
    `Delivered-To: ${options.support}`,
  ]
  for (let hops = random.int(1, options.profile === 'small' ? 2 : 4); hops > 0; hops--) {
    lines.push(
      `Received: from ${wordOf(random)}.${host} (${wordOf(random)}.${host} [192.0.2.${random.int(1, 254)}])\n\tby mx${random.int(1, 3)}.desk.test (Postfix) with ESMTPS id ${random.hex(11).toUpperCase()}\n\tfor <${options.support}>; ${renderDate(at + 2_000 * hops)} (UTC)`,
    )
  }
  if (options.profile === 'small') return lines
  lines.push(
    `Authentication-Results: mx.desk.test;\n\tdkim=${random.pick(['pass', 'pass', 'fail', 'none'])} header.d=${host};\n\tspf=pass smtp.mailfrom=${from.address};\n\tdmarc=pass (p=none) header.from=${host}`,
  )
  const signature = base64Lines(randomBytes(random, 256)).replace(/\n/g, '\n\t ')
  if (random.chance(0.7))
    lines.push(
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${host}; s=${wordOf(random)};\n\th=from:to:subject:date:message-id:mime-version;\n\tb=${signature}`,
    )
  if (random.chance(0.4))
    lines.push(
      `ARC-Seal: i=1; a=rsa-sha256; cv=none;\n\td=${host}; s=arc-20160816;\n\tb=${signature}`,
    )
  return lines
}

function subjectHeader({ random, thread, truth }: Context): string {
  const { subject } = truth
  if (truth.oddity === 'raw-8bit-subject')
    return `Subject: ${Buffer.from(`Grüße — ${subject}`).toString('latin1')}`
  const blank = truth.oddity === 'no-blank-after-colon' ? '' : ' '
  if (isAscii(subject)) return `Subject:${blank}${wrap(subject, 70).replace(/\n/g, '\n ')}`
  const charset = thread.charset === 'us-ascii' ? 'utf-8' : thread.charset
  return `Subject:${blank}${encodeWords(subject, charset, random.pick(['B', 'B', 'Q']))}`
}

function threadHeaders({ random, thread, kind, truth }: Context): string[] {
  if (truth.turn === 0 || thread.ids.length === 0 || kind === 'list') return []
  const parent = random.chance(0.85) ? (thread.ids.at(-1) as string) : random.pick(thread.ids)
  truth.inReplyTo = parent
  const old =
    truth.oddity === 'long-references'
      ? Array.from({ length: 120 }, (_, n) => `<old-${n}-${thread.id}@example.com>`)
      : []
  const references = [...old, ...thread.ids.slice(0, thread.ids.indexOf(parent) + 1)]
  return [
    `In-Reply-To: ${parent}`,
    ...(random.chance(0.97) ? [`References: ${references.join('\n ')}`] : []),
  ]
}

const KIND_HEADERS: Readonly<Record<MailKind, string[]>> = {
  mail: [],
  auto: ['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All', 'Precedence: bulk'],
  bounce: ['Auto-Submitted: auto-replied'],
  list: [
    'List-Id: News <news.lists.example.org>',
    'List-Unsubscribe: <mailto:leave@lists.example.org>',
    'Precedence: list',
  ],
  spam: ['X-Spam-Flag: YES'],
}

function dateHeader({ random, at, truth }: Context): string[] {
  if (truth.oddity === 'no-date') return []
  const zone = random.pick([0, 60, 120, -300, -480, 330, 540])
  const value =
    truth.oddity === 'bad-date'
      ? random.pick(['Thu, 32 Foo 2023 25:61:00 +9999', 'yesterday', ''])
      : renderDate(at, zone)
  return [`${truth.oddity === 'upper-case-names' ? 'DATE' : 'Date'}: ${value}`]
}

/** Everything above the body but its Content-Type. */
export function headersOf(context: Context, from: Person, to: Person): string[] {
  const { random, thread, truth, kind } = context
  const cc =
    random.chance(0.2) && from.address !== thread.customer.address
      ? [...thread.cc, thread.agent]
      : thread.cc
  const author =
    kind === 'bounce' ? 'Mail Delivery System <MAILER-DAEMON@mx1.desk.test>' : renderPerson(from)
  const idName =
    truth.oddity === 'upper-case-names' ? 'MESSAGE-ID' : random.pick(['Message-ID', 'Message-Id'])
  return [
    ...traceHeaders(context, from),
    `From: ${truth.oddity === 'two-authors' ? `${author},\n ${renderPerson(thread.agent)}\nSender: ${from.address}` : author}`,
    `To: ${truth.oddity === 'group-to' ? 'undisclosed-recipients:;' : renderPerson(to)}`,
    ...(cc.length > 0 ? [`Cc: ${cc.map(renderPerson).join(',\n\t')}`] : []),
    ...dateHeader(context),
    subjectHeader(context),
    ...(truth.messageId === null ? [] : [`${idName}: ${truth.messageId}`]),
    ...threadHeaders(context),
    ...KIND_HEADERS[kind],
    ...(random.chance(0.3)
      ? [
          `X-Mailer: ${random.pick(['Microsoft Outlook 16.0', 'Apple Mail (2.3731)', 'PHPMailer 6.8.0'])}`,
        ]
      : []),
    'MIME-Version: 1.0',
  ]
}
