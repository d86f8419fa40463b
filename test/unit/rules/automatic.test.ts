import { automaticHeaders, automaticReason } from '#shared/rules/automatic'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { runs } from '../runs'

vi.setConfig({ testTimeout: 60_000 })

const reason = (...headers: (readonly [name: string, value: string])[]) =>
  automaticReason({ headers: headers.map(([name, value]) => ({ name, value })) })

describe('participants.md §4.3 row 3: what is automatic', () => {
  const cases: readonly (readonly [name: string, value: string, because: string | null])[] = [
    ['auto-submitted', 'auto-replied', 'auto-submitted'],
    ['auto-submitted', 'auto-generated; type=x', 'auto-submitted'],
    ['auto-submitted', ' Auto-Notified (by a program)', 'auto-submitted'],
    ['auto-submitted', 'anything-new', 'auto-submitted'],
    ['auto-submitted', 'no', null],
    ['auto-submitted', ' NO ; reason=person', null],
    ['auto-submitted', '(comment) no', null],
    ['auto-submitted', '', null],
    ['precedence', 'bulk', 'precedence'],
    ['precedence', ' List ', 'precedence'],
    ['precedence', 'JUNK', 'precedence'],
    ['precedence', 'first-class', null],
    ['list-id', 'Team <team.list.example>', 'list-id'],
    ['list-id', ' ', null],
    ['return-path', '<>', 'null-return-path'],
    ['return-path', ' <> ', 'null-return-path'],
    ['return-path', '<ann@customer.example>', null],
    ['x-autoreply', 'yes', 'x-autoreply'],
    ['x-autoreply', 'no', null],
    ['x-autorespond', 'Out of office', 'x-autoreply'],
    ['x-auto-reply', 'true', 'x-autoreply'],
    ['auto-submitted', 'no(a person)', null],
    ['auto-submitted', 'auto-(program)replied', 'auto-submitted'],
    ['x-autoreply', 'false', null],
    ['x-autoreply', '0', null],
    ['x-autoreply', '(nothing said)', null],
    ['x-autoresponse', 'yes', 'x-autoreply'],
    ['x-loop', 'desk@desk.example', 'x-loop'],
    ['x-loop', ' ', null],
    ['x-vacation', '1', 'vacation'],
    ['x-vacation-message', 'true', 'vacation'],
    ['list-unsubscribe', '<mailto:leave@list.example>', null],
    ['x-auto-response-suppress', 'All', null],
    ['constructor', 'x', null],
  ]
  it.each(cases)('%s: %s → %s', (name, value, because) => {
    expect(reason([name, value])).toBe(because)
  })

  it('takes the first reason and is not calmed by a second field', () => {
    expect(reason(['auto-submitted', 'no'], ['precedence', 'bulk'])).toBe('precedence')
    expect(reason(['auto-submitted', 'no'], ['auto-submitted', 'auto-replied'])).toBe(
      'auto-submitted',
    )
    expect(reason()).toBeNull()
  })

  it('reads no more of a field than a line may have (RFC 5322 §2.1.1)', () => {
    expect(reason(['precedence', `${' '.repeat(990)}bulk`])).toBe('precedence')
    expect(reason(['precedence', `${' '.repeat(998)}bulk`])).toBeNull()
  })

  it.each([
    ['read-receipt', 'read-receipt'],
    ['complaint', 'complaint'],
    ['has-invitation', null],
  ] as const)('a mail marked %s: %s', (mark, because) => {
    expect(automaticReason({ headers: [], marks: [mark] })).toBe(because)
  })

  it.each([
    ['MAILER-DAEMON@mx.example', 'mail-daemon'],
    ['mailer-daemon@mx.example', 'mail-daemon'],
    ['listserv@list.example', 'mail-daemon'],
    ['noreply-dmarc-support@mx.example', 'mail-daemon'],
    ['ann@mailer-daemon.example', null],
    ['our-listserv@list.example', null],
    ['noreply@shop.example', null],
  ])('a mail of %s: %s', (address, because) => {
    expect(automaticReason({ headers: [], from: { name: '', address } })).toBe(because)
  })

  it('is total', () => {
    const name = fc.oneof(fc.constantFrom(...automaticHeaders), fc.string())
    const field = fc.record({ name, value: fc.string({ unit: 'binary', maxLength: 200 }) })
    fc.assert(
      fc.property(fc.array(field), (headers) => {
        const because = automaticReason({ headers })
        return because === null || because.length > 0
      }),
      runs,
    )
  })
})
