// Writes mails as mail programs do: plain, formatted, with files, as an answer to all.
import MailComposer from 'nodemailer/lib/mail-composer'
import { withAddress } from './people.mjs'

const quote = ({ from, at, text }) =>
  `On ${new Date(at).toUTCString()}, ${from.name} wrote:\n${text.replace(/^/gm, '> ')}`

const escape = (text) =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign],
  )

function paragraph(text) {
  const lines = text.split('\n').map(escape)
  if (!lines.every((line) => /^\d\. /.test(line))) return `<p>${lines.join('<br>')}</p>`
  return `<ol>${lines.map((line) => `<li>${line.slice(3)}</li>`).join('')}</ol>`
}

const colours = ['#7a3e9d', '#0b6e4f', '#b3541e', '#1f4e8c', '#8c1f4e']

/** A company's letter: bar, paragraphs, signature; with a logo also a counting picture, as many have. */
function formatted({ text, from, hasLogo, answers }) {
  const domain = from.address.split('@').pop()
  const colour = colours[domain.length % colours.length]
  const picture = `<img src="cid:logo@${domain}" width="140" height="28" alt="${escape(domain)}">`
  const counter = `<img src="https://count.${domain}/open.gif?id=7" width="1" height="1" alt="">`
  const earlier = answers
    ? `<blockquote style="margin:16px 0 0;padding-left:12px;border-left:2px solid #bbb;color:#555">` +
      `${escape(answers.from.name)}:<br>${answers.text.split('\n\n').map(paragraph).join('')}</blockquote>`
    : ''
  return [
    `<div style="font-family:Georgia,serif;font-size:15px;line-height:1.5;color:#222;max-width:620px">`,
    `<div style="height:4px;background:${colour};margin-bottom:14px"></div>`,
    text.split('\n\n').map(paragraph).join('\n'),
    hasLogo ? `<p>${picture}${counter}</p>` : '',
    `<p style="font:12px Arial,sans-serif;color:#777">${escape(from.name)} · `,
    `<a href="https://www.${domain}/" style="color:${colour}">www.${domain}</a></p>`,
    earlier,
    '</div>',
  ].join('\n')
}

const inThread = ({ answers, references }) =>
  answers
    ? { inReplyTo: `<${answers.id}>`, references: references.map((id) => `<${id}>`).join(' ') }
    : {}

/** @returns {Promise<Buffer>} */
export function writeMail(fields) {
  const { id, at, from, to, cc, subject, text, answers } = fields
  const composer = new MailComposer({
    messageId: `<${id}>`,
    date: new Date(at),
    from: withAddress(from),
    to: to.map(withAddress),
    cc: cc.map(withAddress),
    subject,
    ...inThread(fields),
    text: answers ? `${text}\n\n${quote(answers)}\n` : `${text}\n`,
    ...(fields.isHtml ? { html: formatted(fields) } : {}),
    attachments: fields.files ?? [],
    headers: fields.isVacation ? { 'Auto-Submitted': 'auto-replied', 'X-Autoreply': 'yes' } : {},
    baseBoundary: id.replace(/\W/g, ''),
  })
  return composer.compile().build()
}

/** A delivery report (RFC 3464) on the mail it answers. */
export function writeBounce({ id, at, from, subject, text, answers }, address) {
  const boundary = `report-${id.replace(/\W/g, '')}`
  const lines = [
    `From: ${withAddress(from)}`,
    `To: ${answers.from.address}`,
    `Subject: Undelivered: ${subject}`,
    `Date: ${new Date(at).toUTCString()}`,
    `Message-ID: <${id}>`,
    `In-Reply-To: <${answers.id}>`,
    `References: <${answers.id}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    text,
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; mail.${address.split('@').pop()}`,
    '',
    `Final-Recipient: rfc822; ${address}`,
    'Action: failed',
    'Status: 5.1.1',
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${answers.id}>`,
    `Subject: ${answers.subject}`,
    '',
    `--${boundary}--`,
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
}
