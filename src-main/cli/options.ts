import type { parseArgs } from 'node:util'

/** Every option there is; which command takes which is in grammar.ts. */
export const options = {
  profile: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  config: { type: 'string' },
  wait: { type: 'boolean' },
  undo: { type: 'boolean' },
  view: { type: 'string' },
  query: { type: 'string' },
  limit: { type: 'string' },
  requester: { type: 'string' },
  subject: { type: 'string' },
  body: { type: 'string' },
  cc: { type: 'string', multiple: true },
  to: { type: 'string', multiple: true },
  at: { type: 'string' },
  'expect-revision': { type: 'string' },
  public: { type: 'boolean' },
  note: { type: 'boolean' },
  private: { type: 'boolean' },
  format: { type: 'string' },
  'public-only': { type: 'boolean' },
  level: { type: 'string' },
  'add-cc': { type: 'boolean' },
  alias: { type: 'string', multiple: true },
  name: { type: 'string' },
  role: { type: 'string' },
  group: { type: 'string', multiple: true },
  mailbox: { type: 'string' },
  signature: { type: 'string' },
  account: { type: 'string' },
} as const

export type OptionName = keyof typeof options

export type Options = ReturnType<
  typeof parseArgs<{ options: typeof options; allowPositionals: true }>
>['values']

export interface Arguments {
  readonly command: string
  readonly rest: readonly string[]
  readonly options: Options
}
