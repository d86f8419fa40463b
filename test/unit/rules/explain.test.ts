import { explain, explainedCodes } from '#shared/rules/explain'
import { sayings } from '#shared/rules/sayings'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { page, tableOf } from '../page'

const folder = resolve(import.meta.dirname, '../../../src-shared/rules')

/** Words with a hyphen in rules that are no reason codes: header names, settings, actions, kinds. */
const others = new Set([
  ...Object.keys(sayings),
  'authentication-results',
  'return-path',
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-autorespond',
  'x-autoresponder',
  'x-auto-reply',
  'x-mail-autoreply',
  'x-vacation',
  'x-vacation-message',
  'x-autoresponse',
  'x-ms-exchange-inbox-rules-loop',
  'edited-reply-all',
  'public-reply',
  'private-reply',
  'change-cc',
  'change-requester',
  'change-status',
  'change-group',
  'customer-mail',
  'x-copydesk-comment',
  'add-cc',
  'put-off',
  'app-password',
  'not-accepted',
  // What somebody has to do with a comment, which why.ts tells with a reason or in words of its own.
  'on-mail',
  'on-their-mail',
  'no-part',
])

/** Every string in a rule that looks like a code, and every word right after `because:`. */
function codesIn(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(resolve(folder, file), 'utf8'),
    ts.ScriptTarget.ES2023,
    true,
  )
  const codes: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return
    if (ts.isStringLiteralLike(node) && isCode(node)) codes.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return codes
}

const isReason = (node: ts.Node): boolean =>
  (ts.isPropertyAssignment(node) && node.name.getText() === 'because') ||
  (ts.isConditionalExpression(node) && isReason(node.parent))

const isCode = (node: ts.StringLiteralLike) =>
  /^[a-z]+\d*(-[a-z]+)+$/.test(node.text) || (isReason(node.parent) && node.text !== '')

const files = readdirSync(folder).filter((file) => file !== 'explain.ts' && file !== 'idna.ts')

describe('explain', () => {
  it.each(files)('has a sentence for every code of %s', (file) => {
    const codes = new Set(codesIn(file).filter((code) => !others.has(code)))
    expect([...codes].filter((code) => !explainedCodes.includes(code))).toEqual([])
  })

  it.skipIf(page === null)('has a sentence for every reason of the page’s §4.3', () => {
    const section = (page ?? '').split('### 4.3')[1]?.split('### 4.4')[0] ?? ''
    const codes = Array.from(section.matchAll(/\| `([a-z-]+)` \|$/gm), (match) => match[1] ?? '')
    expect(codes).toHaveLength(14)
    expect(codes.filter((code) => !explainedCodes.includes(code))).toEqual([])
    expect(tableOf(1)).not.toEqual([])
  })

  it.each(explainedCodes)('says %s in a full sentence, with and without detail', (code) => {
    const detail = { who: 'Ann', what: 'x.org', limit: '20' }
    for (const sentence of [explain(code), explain(code, detail)]) {
      expect(sentence).toMatch(/^[A-Z“].*\.$/)
      expect(sentence).not.toMatch(/[{}[\]|]|undefined| {2}|: ?\.|\(\)/)
    }
  })

  it('fills in what it is told', () => {
    expect(explain('left-out', { who: 'bob@x.org, carl@x.org' })).toBe(
      'Left out of this mail: bob@x.org, carl@x.org.',
    )
    expect(explain('left-out')).toBe('Left out of this mail.')
    expect(explain('not-a-participant')).toBe('Held: the sender is not on this ticket.')
    expect(explain('not-a-participant', { who: 'Eve' })).toBe('Held: Eve is not on this ticket.')
    expect(explain('over-limit', { limit: '20' })).toContain('(20)')
    expect(explain('agent-chose')).toBe('An agent chose this.')
  })

  it('takes no detail for a template, and names a code it does not know', () => {
    expect(explain('left-out', { who: '{who}' })).toBe('Left out of this mail: {who}.')
    expect(explain('left-out', { who: '$&' })).toBe('Left out of this mail: $&.')
    expect(explain('brand-new')).toBe('Reason: brand-new.')
    expect(explain('toString', { constructor: 'x' })).toBe('Reason: toString.')
  })
})
