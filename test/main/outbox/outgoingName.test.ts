import { expect, it } from 'vitest'
import { outgoingName } from '#main/outbox/stageFile'

it.each([
  ['../../etc/passwd', 'passwd'],
  ['a\r\nBcc: x@y.org', 'aBcc: x@y.org'],
  ['...', 'attachment'],
  [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(116)}.pdf`],
])('names a file safely: %j', (name, expected) => {
  expect(outgoingName(name)).toBe(expected)
})
