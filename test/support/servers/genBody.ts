// Bodies: text with quotes, HTML as mailers write it, attachments, bounces.
import { ascii, renderDate, type Context, type Person } from './genContext'
import {
  attachmentPart,
  base64Lines,
  encodeWords,
  multipart,
  picture,
  textPart,
  type MimePart,
} from './genMime'
import { ANY_LANGUAGE, LANGUAGES, paragraph, wordOf, wrap } from './genText'

export function bodyText(
  { random, options, thread, truth, at }: Context,
  from: Person,
): { body: string; own: string } {
  if (truth.oddity === 'empty-body') return { body: '', own: '' }
  const isSmall = options.profile === 'small'
  const sentences = thread.charset === 'us-ascii' ? [] : (LANGUAGES[thread.charset] ?? ANY_LANGUAGE)
  const paragraphs = [random.pick(['Hello,', 'Hi,', 'Dear support team,', 'Good morning,'])]
  for (let left = isSmall ? random.int(1, 2) : random.int(1, 5); left > 0; left--) {
    const lead = sentences.length > 0 && random.chance(0.7) ? `${random.pick(sentences)} ` : ''
    paragraphs.push(lead + paragraph(random))
  }
  paragraphs.push(`Reference: ${truth.needle}, order ${random.int(100_000, 999_999)}`)
  paragraphs.push(
    `${random.pick(['Kind regards,', 'Thanks,', 'Best,', '-- '])}\n${ascii(from.name)}\nPhone: +1 555 01${random.int(10, 99)}`,
  )
  const own = wrap(paragraphs.join('\n\n'))
  const long = truth.oddity === 'long-line' ? `\n${paragraph(random, 80, 90)}` : ''
  const hasQuote = thread.last !== '' && truth.turn > 0 && random.chance(0.85)
  const quoted = thread.last
    .split('\n')
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`))
  const quote = hasQuote
    ? `\n\nOn ${renderDate(at - 3.6e6).slice(0, 16)}, somebody wrote:\n${quoted.join('\n')}`
    : ''
  const body = own + long + quote
  const limit = isSmall ? 2_500 : 14_000
  return {
    body: body.length > limit ? body.slice(0, limit).replace(/\n[^\n]*$/, '\n[...]') : body,
    own,
  }
}

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function htmlText(
  { random, thread, kind, index }: Context,
  text: string,
  hasPicture: boolean,
): string {
  const rules = Array.from(
    { length: random.int(5, 40) },
    () =>
      `p.${wordOf(random)} { margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif; color:#${random.hex(6)}; }`,
  )
  const style = random.chance(0.5) ? `<style>\n${rules.join('\n')}\n</style>` : ''
  const paragraphs = text
    .split('\n\n')
    .map(
      (p) =>
        `<p class="MsoNormal" style="margin:0;font-family:Arial"><span style="color:#1F497D">${escape(p).replace(/\n/g, '<br>\n')}</span></p>`,
    )
  const links = Array.from(
    { length: random.int(10, 60) },
    () =>
      `<table width="600"><tr><td style="padding:9px"><a href="https://example.org/c/${random.hex(60)}">${wordOf(random)} ${wordOf(random)}</a></td></tr></table>`,
  )
  const tracker =
    '<script>alert(1)</script><img src="http://track.example.net/p.gif?x=1" onerror="alert(2)">'
  return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=${thread.charset}">${style}</head><body lang="EN-US">\n${paragraphs.join('\n')}${kind === 'spam' ? tracker : ''}${hasPicture ? `<img src="cid:logo${index}@desk">` : ''}${kind === 'list' ? links.join('\n') : ''}</body></html>`
}

export function bounceBody({ random, thread, truth }: Context): MimePart {
  const { address } = thread.customer
  truth.bounceOf = thread.ids.at(-1) ?? null
  const returned = `From: support@desk.test\nTo: ${address}\nSubject: ${encodeWords(`Re: ${thread.subject}`)}\nMessage-ID: ${truth.bounceOf ?? '<none@desk.test>'}\n\n`
  const parts = [
    {
      head: 'Content-Type: text/plain; charset=us-ascii',
      body: `This is the mail system at host mx1.desk.test.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n<${address}>: 550 5.1.1 user unknown\n${truth.needle}`,
    },
    {
      head: 'Content-Type: message/delivery-status',
      body: `Reporting-MTA: dns; mx1.desk.test\n\nFinal-Recipient: rfc822; ${address}\nOriginal-Recipient: rfc822;${address}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 user unknown`,
    },
    {
      head: `Content-Type: ${random.pick(['text/rfc822-headers', 'message/rfc822'])}`,
      body: returned,
    },
  ]
  return multipart(random, 'report', parts, ';\n report-type=delivery-status')
}

export function mailBody(context: Context, text: string): MimePart {
  const { random, thread, truth, kind, index, options } = context
  const isSmall = options.profile === 'small'
  const plain = textPart(
    random,
    text,
    thread.charset,
    'plain',
    random.chance(0.2) ? '; format=flowed' : '',
  )
  if (truth.oddity === 'unknown-charset')
    plain.head = plain.head.replace(/charset="?[^\s;"]+"?/, 'charset=x-unknown-42')
  let root = plain
  if (
    !isSmall &&
    truth.oddity !== 'no-content-type' &&
    (kind === 'list' || kind === 'spam' || random.chance(0.62))
  ) {
    const hasPicture = random.chance(0.06)
    let html = textPart(random, htmlText(context, text, hasPicture), thread.charset, 'html')
    if (hasPicture) {
      const logo = picture(random, random.int(2_000, 12_000))
      truth.attachments.push({ name: 'logo.png', type: 'image/png', size: logo.length })
      html = multipart(random, 'related', [
        html,
        {
          head: `Content-Type: image/png; name="logo.png"\nContent-Transfer-Encoding: base64\nContent-ID: <logo${index}@desk>\nContent-Disposition: inline; filename="logo.png"`,
          body: base64Lines(logo),
        },
      ])
    }
    truth.hasHtml = true
    root =
      kind === 'spam' && random.chance(0.5) ? html : multipart(random, 'alternative', [plain, html])
  }
  if (!isSmall && kind === 'mail' && random.chance(0.135)) {
    const files = random.weighted([
      [1, 8],
      [2, 2],
      [3, 1],
    ] as const)
    root = multipart(random, 'mixed', [
      root,
      ...Array.from({ length: files }, () => attachmentPart(random, truth.attachments)),
    ])
  }
  if (truth.oddity === 'deep-nesting')
    for (let left = 12; left > 0; left--) root = multipart(random, 'mixed', [root])
  if (truth.oddity === 'no-end-boundary') root.body = root.body.replace(/\n--[^\n]+--\n$/, '\n')
  return root
}
