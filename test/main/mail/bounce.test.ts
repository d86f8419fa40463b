// Bounces in the words of several mail systems, and what only looks like one.
import { describe, expect, it } from 'vitest'
import { parseMail } from '#main/mail/parse'
import { automaticReason } from '#shared/rules/automatic'

const mail = (...lines: string[]) => parseMail(Buffer.from(lines.join('\r\n')))

const copy = [
  '',
  '------ This is a copy of the message, including all the headers. ------',
  '',
  'Return-path: <help@desk.test>',
  'From: Desk <help@desk.test>',
  'Message-ID: <cd.public.7@desk.test>',
  'To: bob@customer.test, other@customer.test',
]

describe('readBounce', () => {
  it('reads RFC 3464: failed recipients, not those that are only late', () => {
    const report = (action: string, status: string) =>
      mail(
        'From: Mail System <MAILER-DAEMON@mx.test>',
        'To: help@desk.test',
        'Subject: Report',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=B',
        '',
        '--B',
        'Content-Type: text/plain',
        '',
        'Something happened to bob@customer.test.',
        '--B',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.test',
        '',
        `Final-Recipient: rfc822; bob@customer.test`,
        `Action: ${action}`,
        `Status: ${status}`,
        '',
        '--B',
        'Content-Type: message/rfc822',
        '',
        'Message-ID: <cd.public.7@desk.test>',
        '',
        'Text',
        '--B--',
      ).reportDelivery
    const originalId = 'cd.public.7@desk.test'
    expect(report('failed', '5.1.1')).toEqual({ failed: ['bob@customer.test'], originalId })
    expect(report('delayed', '4.4.1')).toEqual({ failed: [], originalId })
    expect(report('relayed', '2.0.0')).toEqual({ failed: [], originalId })
  })

  it('reads Exim’s, which names the failed in a header', () => {
    const { reportDelivery } = mail(
      'From: Mail Delivery System <Mailer-Daemon@mx.test>',
      'To: help@desk.test',
      'X-Failed-Recipients: bob@customer.test',
      'Subject: Mail delivery failed: returning message to sender',
      '',
      'A message that you sent could not be delivered.',
      ...copy,
    )
    expect(reportDelivery).toEqual({
      failed: ['bob@customer.test'],
      originalId: 'cd.public.7@desk.test',
    })
  })

  it('reads qmail’s, which is prose, and takes nothing from the copy or from its own addresses', () => {
    const { reportDelivery } = mail(
      'From: MAILER-DAEMON@mx.test',
      'To: help@desk.test',
      'Subject: failure notice',
      '',
      'Hi. This is the qmail-send program at mx.test, postmaster@mx.test.',
      'I was not able to deliver your mail from help@desk.test to the following addresses.',
      'This is a permanent error; I have given up.',
      '',
      '<bob@customer.test>:',
      'no mailbox here',
      '',
      '--- Below this line is a copy of the message.',
      ...copy.slice(3),
    )
    expect(reportDelivery).toEqual({
      failed: ['bob@customer.test'],
      originalId: 'cd.public.7@desk.test',
    })
  })

  it('marks nobody when the server only asks for patience', () => {
    const { reportDelivery } = mail(
      'From: Mail Delivery Subsystem <MAILER-DAEMON@mx.test>',
      'Subject: Warning: could not send message for past 4 hours',
      '',
      'THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.',
      'bob@customer.test... Deferred. We will keep trying.',
    )
    expect(reportDelivery).toEqual({ failed: [], originalId: null })
  })

  it.each([
    ['a person who forwards a bounce', 'Carol <carol@customer.test>', 'Fwd: failure notice'],
    ['a person who writes about one', 'bob@customer.test', 'Returned mail: what does it mean?'],
    ['a postmaster’s own mail', 'postmaster@customer.test', 'Our meeting'],
  ])('is not taken in by %s', (_, from, subject) => {
    const { reportDelivery, headers, marks } = mail(
      `From: ${from}`,
      `Subject: ${subject}`,
      '',
      'This is the qmail-send program.',
      '<dora@customer.test>:',
      ...copy,
    )
    expect(reportDelivery).toBeNull()
    expect(automaticReason({ headers, marks })).toBeNull()
  })
})

describe('marksOf and automaticReason', () => {
  const typed = (type: string, ...more: string[]) =>
    mail(
      'From: bob@customer.test',
      `Content-Type: ${type}`,
      ...more,
      '',
      '--B',
      '',
      'text',
      '--B--',
    ).marks

  it('says what a mail is', () => {
    expect(typed('multipart/encrypted; protocol="application/pgp-encrypted"; boundary=B')).toEqual([
      'encrypted-pgp',
    ])
    expect(typed('application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m')).toEqual([
      'encrypted-smime',
    ])
    expect(typed('application/x-pkcs7-mime; smime-type=signed-data')).toEqual(['signed-smime'])
    expect(typed('application/ms-tnef; name=winmail.dat')).toEqual(['has-tnef'])
    expect(typed('message/partial; number=1; total=3; id=x')).toEqual(['is-fragment'])
    expect(typed('text/plain')).toEqual([])
  })

  const headers = (name: string, value: string) =>
    mail(`${name}: ${value}`, 'From: bob@customer.test', '', 'text')
  it.each([
    ['Auto-Submitted', 'auto-replied'],
    ['X-Autoresponder', 'yes'],
    ['X-Auto-Reply', 'yes'],
    ['X-Vacation', 'yes'],
    ['X-Mail-Autoreply', 'yes'],
    ['X-MS-Exchange-Inbox-Rules-Loop', 'help@desk.test'],
    ['X-Loop', 'list@customer.test'],
    ['Precedence', 'bulk'],
    ['List-Id', '<l.customer.test>'],
    ['Return-Path', '<>'],
  ])('knows a machine by %s through the parser', (name, value) => {
    expect(automaticReason({ headers: headers(name, value).headers })).not.toBeNull()
  })

  it('knows a read receipt and an address under which only programs write', () => {
    const receipt = mail(
      'From: bob@customer.test',
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=B',
      '',
      '--B',
      'Content-Type: message/disposition-notification',
      '',
      'Disposition: manual-action/MDN-sent-manually; displayed',
      '--B--',
    )
    expect(automaticReason({ headers: receipt.headers, marks: receipt.marks })).toBe('read-receipt')
    const from = { name: '', address: 'MAILER-DAEMON@mx.test' }
    expect(automaticReason({ headers: [], from })).toBe('mail-daemon')
  })
})
