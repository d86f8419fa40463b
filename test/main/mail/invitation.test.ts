import { expect, it } from 'vitest'
import { readInvitation } from '#main/mail/invitation'
import { parseMail } from '#main/mail/parse'

const calendar = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:1@customer.test',
  'DTSTART;TZID=Europe/Berlin:20260105T100000',
  'DTEND;TZID=Europe/Berlin:20260105T113000',
  'SUMMARY:Printer\\, third floor',
  'LOCATION:Room 5',
  'RRULE:FREQ=WEEKLY',
  'ORGANIZER;CN=Ann Example:mailto:ann@customer.test',
  'ATTENDEE;PARTSTAT=ACCEPTED:mailto:help@desk.test',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n')

it('says what, when, where and with whom', () => {
  expect(readInvitation(calendar).split('\n')).toEqual([
    'Invitation: Printer, third floor',
    'When: 2026-01-05 10:00 Europe/Berlin – 2026-01-05 11:30 Europe/Berlin',
    'Repeats: yes',
    'Where: Room 5',
    'From: Ann Example <ann@customer.test>',
    'With: help@desk.test (accepted)',
  ])
  const day = calendar
    .replace('METHOD:REQUEST', 'METHOD:CANCEL')
    .replace(/DTSTART.*/, 'DTSTART;VALUE=DATE:20260105')
    .replace(/DTEND.*\r\n/, '')
  expect(readInvitation(day)).toContain('Cancelled: Printer, third floor\nWhen: 2026-01-05')
})

it('stands under the text and the HTML of its mail, escaped, and stays attached', () => {
  const mail = parseMail(
    Buffer.from(
      [
        'From: ann@customer.test',
        'Content-Type: multipart/alternative; boundary=B',
        '',
        '--B',
        '',
        'Please come.',
        '--B',
        'Content-Type: text/html',
        '',
        '<p>Please come.</p>',
        '--B',
        'Content-Type: text/calendar; method=REQUEST; charset=utf-8',
        '',
        calendar.replace('Room 5', '<b>Room</b>'),
        '--B--',
      ].join('\r\n'),
    ),
  )
  expect(mail.text).toMatch(/^Please come\.\n\nInvitation: Printer/)
  expect(mail.html).toContain('Where: &lt;b&gt;Room&lt;/b&gt;')
  expect(mail.marks).toEqual(['has-invitation'])
  expect(mail.attachments.map((file) => file.type)).toEqual(['text/calendar'])
})

it.each(['', 'x', 'BEGIN:VCALENDAR', calendar.slice(0, 120), 'BEGIN:VCALENDAR\r\nEND:VEVENT'])(
  'leaves a broken one alone: %j',
  (text) => {
    expect(readInvitation(text)).toBe('')
  },
)
