// Takes people out of log lines: addresses anywhere in any text, whole values under telling names,
// and every password this run has seen.

import { createHmac, randomBytes } from 'node:crypto'

const longest = 2_000
const mostItems = 50
const deepest = 6

const hiddenNames =
  /^(?:.*(?:password|passwd|secret|token|cookie|authorization|credential).*|pass|auth|key|text|html|body|subject|preview|quoted|raw|source|bytes|window|input|content|name|snippet|query)$/i

// `user%40host` is how an address looks inside a URL.
const address =
  /(?:"[^"\r\n]{1,64}"|[^\s"<>()[\]{},;:=|/\\]{1,320})(?:@|%40)(?:\[[^\]\s]{1,64}\]|[^\s"'<>()[\]{},;:=|/\\]{1,255})/giu

// Of this run only: lines about one address can be told together, and not looked up in a list.
const salt = randomBytes(16)

const secrets = new Set<string>()

/** From now on this text appears in no log line. */
export function hideSecret(secret: string): void {
  // Shorter ones would mask half of every line and are guessed sooner than read.
  if (secret.length >= 4) secrets.add(secret)
}

export function redactText(text: string): string {
  let clean = text
  for (const secret of secrets) clean = clean.replaceAll(secret, '[hidden]')
  // Shortened after masking, because half a secret is still a secret; the first cut only bounds the
  // search in a text that is megabytes long, and what it may halve falls to the second.
  clean = clean.slice(0, 4 * longest).replace(address, (found) => `[address ${mark(found)}]`)
  return clean.length > longest ? `${clean.slice(0, longest)}… (${text.length} characters)` : clean
}

function mark(found: string): string {
  return createHmac('sha256', salt).update(found.toLowerCase()).digest('hex').slice(0, 6)
}

/** A copy of `value` that is safe to write down: plain, small, without people and secrets. */
export function redact(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value)
    case 'number':
    case 'boolean':
    case 'undefined':
      return value
    case 'bigint':
      return value.toString()
    case 'symbol':
    case 'function':
      return `[${typeof value}]`
    case 'object':
      return value === null ? null : redactObject(value, depth)
  }
}

function redactObject(value: object, depth: number): unknown {
  if (depth >= deepest) return '[deep]'
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Map)
    return redactEntries(
      [...value].map(([k, v]) => [String(k), v]),
      depth,
    )
  if (value instanceof Set) return redactList([...value], depth)
  if (Array.isArray(value)) return redactList(value, depth)
  return redactEntries(Object.entries(value), depth)
}

function redactList(list: readonly unknown[], depth: number): unknown[] {
  const kept = list.slice(0, mostItems).map((item) => redact(item, depth + 1))
  return list.length > mostItems ? [...kept, `… ${list.length - mostItems} more`] : kept
}

function redactEntries(entries: readonly [string, unknown][], depth: number): object {
  const kept = entries.slice(0, mostItems).map(([name, value]) => {
    const isHidden = hiddenNames.test(name) && value !== null && value !== undefined
    return [redactText(name), isHidden ? '[hidden]' : redact(value, depth + 1)]
  })
  return Object.fromEntries(kept) as object
}

function redactError(error: Error, depth: number): object {
  const { code, response, cause } = error as { code?: unknown; response?: unknown; cause?: unknown }
  return {
    kind: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(code === undefined ? {} : { code: redact(code, depth + 1) }),
    ...(typeof response === 'string' ? { response: redactText(response) } : {}),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  }
}
