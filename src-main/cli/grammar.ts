// What each command takes. Whatever else is given is refused: a word that is silently ignored sends a mail to other
// people than its author meant (`reply KEY --private --to A`, `private KEY --to A B`).
import type { Arguments, OptionName } from './options'

interface Shape {
  /** The most words after the command. */
  readonly most: number
  readonly options: readonly OptionName[]
}

const shape = (most: number, ...options: OptionName[]): Shape => ({ most, options })
const any = Infinity

/** By command, `serve` and `help` included. */
export const grammar: Readonly<Record<string, Shape>> = {
  help: shape(any),
  serve: shape(0),
  setup: shape(0, 'config'),
  sync: shape(0, 'wait'),
  tickets: shape(0, 'view', 'query', 'limit'),
  show: shape(1),
  new: shape(0, 'requester', 'subject', 'body', 'cc', 'mailbox'),
  reply: shape(1, 'body', 'at', 'expect-revision'),
  note: shape(1, 'body'),
  private: shape(1, 'to', 'body'),
  'bulk-reply': shape(any, 'body'),
  'bulk-replies': shape(2),
  plan: shape(1, 'public', 'note', 'private', 'to', 'body'),
  cc: shape(any),
  follow: shape(2, 'level'),
  unfollow: shape(2),
  assign: shape(2),
  status: shape(2),
  group: shape(2),
  requester: shape(2),
  merge: shape(2, 'undo'),
  accept: shape(2, 'add-cc', 'alias'),
  discard: shape(2),
  undo: shape(2),
  held: shape(0),
  block: shape(2),
  suggestion: shape(3),
  outbox: shape(2),
  policy: shape(any),
  mailbox: shape(2, 'name', 'alias', 'signature', 'group', 'account'),
  directory: shape(2, 'name', 'alias', 'role', 'group'),
  why: shape(2),
  export: shape(1, 'format', 'public-only'),
  hash: shape(0),
}

const everywhere: ReadonlySet<string> = new Set<OptionName>(['profile', 'json', 'help'])

/** What a call has too much of, as a sentence; null when all of it is understood. */
export function surplusIn({ command, rest, options }: Arguments): string | null {
  const known = Object.hasOwn(grammar, command) ? grammar[command] : undefined
  if (known === undefined) return null
  const taken: ReadonlySet<string> = new Set(known.options)
  const foreign = Object.keys(options).find((name) => !everywhere.has(name) && !taken.has(name))
  if (foreign !== undefined) return `${command} takes no --${foreign}`
  const surplus = rest[known.most]
  if (surplus === undefined) return null
  const again = options.to ?? options.cc ?? options.alias
  const hint = again === undefined ? '' : ': an option that takes several is given once for each'
  return `“${surplus}” is one word too many for ${command}${hint}`
}
