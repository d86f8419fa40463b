import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readOpenRequest, requestIn } from '#shared/rules/openRequest'
import { patient, runs } from '../runs'

const draft = { kind: 'compose', to: [], cc: [], subject: '', body: '' }

describe('a link handed over by the system', () => {
  it.each([
    ['copydesk://ticket/K7M2QX', { kind: 'ticket', key: 'K7M2QX' }],
    ['copydesk://ticket/k7m2qx/', { kind: 'ticket', key: 'K7M2QX' }],
    ['copydesk://ticket/K7', null],
    ['copydesk://ticket/K7M2QX/../..', null],
    ['copydesk://send/K7M2QX', null],
    ['https://example.test/', null],
    ['file:///etc/hostname', null],
    ['mailto:a@x.test', { ...draft, to: ['a@x.test'] }],
    ['MAILTO:a@x.test,b@x.test', { ...draft, to: ['a@x.test', 'b@x.test'] }],
    [
      'mailto:a%40x.test?cc=c@x.test&subject=Hello%20there&body=one%0D%0Atwo&to=d@x.test',
      {
        ...draft,
        to: ['a@x.test', 'd@x.test'],
        cc: ['c@x.test'],
        subject: 'Hello there',
        body: 'one\ntwo',
      },
    ],
    [
      'mailto:a@x.test?bcc=spy@x.test&attach=/etc/hostname&attachment=x',
      { ...draft, to: ['a@x.test'] },
    ],
    ['mailto:?subject=a%0Ab%00c', { ...draft, subject: 'a b c' }],
    ['mailto:?subject=%E0%A4%A', { ...draft, subject: '%E0%A4%A' }],
    ['mailto:?body=a%E2%80%AEb', { ...draft, body: 'ab' }],
  ])('%s', (link, request) => {
    expect(readOpenRequest(link)).toEqual(request)
  })

  it('is found among the words of a start, the last one first', () => {
    expect(requestIn(['electron', '.', '--profile', '/a'])).toBeNull()
    expect(requestIn(['x', 'copydesk://ticket/AAAA', 'copydesk://ticket/BBBB', '--flag'])).toEqual({
      kind: 'ticket',
      key: 'BBBB',
    })
  })

  it(
    'never throws, and never keeps a line break or an unseen character in a field of one line',
    patient,
    () => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webQueryParameters()), (text) => {
          const request = readOpenRequest(`mailto:${text}`)
          if (request?.kind !== 'compose') return request === null
          return [...request.to, ...request.cc, request.subject].every(
            (field) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(field),
          )
        }),
        runs,
      )
    },
  )
})
