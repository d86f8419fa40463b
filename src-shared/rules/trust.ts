// Who a mail really is from, by what the receiving server found (RFC 8601). Fields of other servers,
// and fields below the first one of ours, may have been written by the sender and count for nothing.
import type { HeaderField, MailFact } from '#shared/model/message'
import { canonicalAddress, domainOf } from './address'
import { domainToAscii } from './idna'

/** How far the author of a mail is known (participants.md §4.2). */
export type Trust = 'verified' | 'unverified' | 'failed'

/** A verdict with its reason code. */
export interface TrustVerdict {
  readonly trust: Trust
  readonly because: string
}

/** What judging trust takes from the desk (participants.md §6). */
export interface TrustConfig {
  readonly trustedAuthservIds: readonly string[]
}

/** Header fields trust is read from; `received` marks where the fields of our own server end. */
export const trustHeaders = ['authentication-results', 'received'] as const

/** One `method=result` with its properties, lower-cased names, values as written. */
export interface AuthResult {
  readonly method: string
  readonly result: string
  readonly properties: ReadonlyMap<string, string>
}

/** An Authentication-Results field read (RFC 8601 §2.2). */
export interface AuthResults {
  readonly authservId: string
  readonly results: readonly AuthResult[]
}

/** Index behind a comment that opens at `open`; comments nest (RFC 5322 §3.2.2). */
function skipComment(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i += 1) {
    const char = text[i]
    if (char === '\\') i += 1
    else if (char === '(') depth += 1
    else if (char === ')') {
      depth -= 1
      if (depth === 0) return i + 1
    }
  }
  return text.length
}

function readQuoted(text: string, open: number): { word: string; end: number; isClosed: boolean } {
  let word = ''
  for (let i = open + 1; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (char === '"') return { word, end: i + 1, isClosed: true }
    if (char === '\\') i += 1
    word += text.charAt(i)
  }
  return { word, end: text.length, isClosed: false }
}

/**
 * A domain like `bank.example(.evil.example` is cut by readers of comments (Chen et al., Composition Kills, 2020): a
 * property with a comment right at it, or with one that does not end, names nobody. Quotes and `=` cut it just so, and
 * so would a blank that only Unicode knows.
 */
function spoil(statement: string[]): void {
  const last = statement.length - 1
  if (last > 3) statement[last] = `${statement[last] ?? ''}\ufffd`
}

const wordPattern = /[^ \t\r\n;=("]+/y

/** Statements between semicolons, each a list of words and `=`. One pass, so linear. */
function tokenise(text: string): string[][] {
  let statement: string[] = []
  const statements = [statement]
  let i = 0
  while (i < text.length) {
    const char = text.charAt(i)
    if (char === '(') {
      const end = skipComment(text, i)
      const isApart = /[ \t\r\n;]/.test(text.charAt(i - 1)) && text.charAt(end - 1) === ')'
      if (!isApart) spoil(statement)
      i = end
    } else if (char === '"') {
      const { word, end, isClosed } = readQuoted(text, i)
      // Only a part of the value: what is glued to it belongs to it, on both sides.
      const isStart = /[ \t\r\n;=]/.test(text.charAt(i - 1))
      if (!isStart) spoil(statement)
      statement.push(word)
      if (!isStart || !isClosed || !/^[ \t\r\n;(]?$/.test(text.charAt(end))) spoil(statement)
      i = end
    } else if (char === ';') {
      statement = []
      statements.push(statement)
      i += 1
    } else if (char === '=') {
      statement.push('=')
      i += 1
    } else {
      wordPattern.lastIndex = i
      const word = wordPattern.exec(text)?.[0]
      if (word !== undefined) statement.push(word)
      i += word?.length ?? 1
    }
  }
  return statements
}

function readResult(words: readonly string[]): AuthResult | null {
  const [method = '', equals, result = ''] = words
  if (equals !== '=' || method === '') return null
  const properties = new Map<string, string>()
  for (let i = 3; i < words.length; i += 1) {
    const value = words[i + 2]
    if (words[i + 1] !== '=' || value === undefined || value === '=') continue
    if (words[i + 3] === '=') continue
    const name = (words[i] ?? '').toLowerCase()
    if (!properties.has(name)) properties.set(name, value)
    i += 2
  }
  const name = method.split('/', 1)[0] ?? ''
  return { method: name.toLowerCase(), result: result.toLowerCase(), properties }
}

/** Reads one Authentication-Results field: comments, versions, quoted values (RFC 8601 §2.2). Total. */
export function parseAuthResults(value: string): AuthResults {
  const [head = [], ...rest] = tokenise(value)
  const results = rest.map(readResult).filter((result) => result !== null)
  return { authservId: (head[0] ?? '').toLowerCase(), results }
}

/**
 * Results of the receiving server: its topmost field, and further ones of its only where they stand
 * above every Received field, because nobody but the last server can write there.
 */
function trustedResults(headers: readonly HeaderField[], ids: readonly string[]): AuthResult[] {
  const trusted = new Set(ids.map((id) => id.trim().toLowerCase()).filter((id) => id !== ''))
  const results: AuthResult[] = []
  if (trusted.size === 0) return results
  const firstHop = headers.findIndex(({ name }) => name === 'received')
  let hasFound = false
  for (const [index, { name, value }] of headers.entries()) {
    if (name !== 'authentication-results') continue
    if (index > firstHop && hasFound) break
    const field = parseAuthResults(value)
    if (!trusted.has(field.authservId)) continue
    hasFound = true
    for (const result of field.results) results.push(result)
    if (index > firstHop) break
  }
  return results
}

const domainIn = (value: string) =>
  domainToAscii(value.slice(value.lastIndexOf('@') + 1).trim()).replace(/\.$/, '')

/** Relaxed alignment without a public suffix list: the same domain, or one below the other. */
function isAligned(domain: string, author: string): boolean {
  if (domain === author) return true
  const [above, below] = domain.length < author.length ? [domain, author] : [author, domain]
  return above.includes('.') && below.endsWith(`.${above}`)
}

function isAlignedPass({ method, result, properties }: AuthResult, author: string): boolean {
  if (result !== 'pass') return false
  const named =
    method === 'dkim'
      ? (properties.get('header.d') ?? properties.get('header.i'))
      : method === 'spf'
        ? properties.get('smtp.mailfrom')
        : undefined
  return named !== undefined && isAligned(domainIn(named), author)
}

function judgeResults(results: readonly AuthResult[], author: string): TrustVerdict {
  const dmarc = results.filter(({ method, properties }) => {
    const judged = properties.get('header.from')
    return method === 'dmarc' && (judged === undefined || domainIn(judged) === author)
  })
  if (dmarc.some(({ result }) => result === 'fail'))
    return { trust: 'failed', because: 'dmarc-fail' }
  if (dmarc.some(({ result }) => result === 'pass')) {
    return { trust: 'verified', because: 'dmarc-pass' }
  }
  const aligned = results.find((result) => isAlignedPass(result, author))
  if (aligned !== undefined) return { trust: 'verified', because: `${aligned.method}-aligned` }
  return { trust: 'unverified', because: results.length === 0 ? 'no-verdict' : 'not-aligned' }
}

/** Who wrote it, as far as it is known (participants.md §4.2). A DMARC failure outweighs a token. */
export function judgeTrust(
  mail: Pick<MailFact, 'from' | 'isFromSound' | 'headers' | 'tokenOf'>,
  config: TrustConfig,
): TrustVerdict {
  if (!mail.isFromSound) return { trust: 'failed', because: 'from-not-sound' }
  const author = domainOf(mail.from.address)
  const results = trustedResults(mail.headers, config.trustedAuthservIds)
  const verdict: TrustVerdict =
    author === '' ? { trust: 'unverified', because: 'no-author' } : judgeResults(results, author)
  const { tokenOf } = mail
  if (verdict.trust !== 'unverified' || tokenOf === null || author === '') return verdict
  const isOwnToken = canonicalAddress(tokenOf) === canonicalAddress(mail.from.address)
  return isOwnToken ? { trust: 'verified', because: 'token' } : verdict
}
