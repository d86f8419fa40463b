import { hasValues, isValues, searchFields, statusValues } from '#shared/rules/searchQuery'

/** How the piece of a search that is being typed could go on. */
export interface Hint {
  /** The whole search with this hint taken. */
  readonly query: string
  readonly label: string
  /** Key of its explanation under `search.hint`. */
  readonly field: (typeof searchFields)[number]
}

const values: Readonly<Partial<Record<string, readonly string[]>>> = {
  is: isValues,
  has: hasValues,
  status: statusValues,
  assignee: ['me', 'none'],
  from: ['me'],
  cc: ['me'],
  follower: ['me'],
  after: ['today', 'yesterday', '7d', '30d'],
  before: ['today', '7d', '30d'],
}

/** Hints for the end of what is typed, at most eight; all operators when nothing is typed yet. */
export function hintsFor(query: string): Hint[] {
  const last = /\S*$/.exec(query)?.[0] ?? ''
  const before = query.slice(0, query.length - last.length)
  const [, minus = '', name = '', colon = '', value = ''] = /^(-?)(\w*)(:?)(.*)$/.exec(last) ?? []
  const lower = name.toLowerCase()
  if (colon === '') {
    return searchFields
      .filter((field) => field.startsWith(lower) && (lower !== '' || before.trim() === ''))
      .map((field) => ({ query: `${before}${minus}${field}:`, label: `${minus}${field}:`, field }))
      .slice(0, lower === '' ? 14 : 8)
  }
  const field = searchFields.find((known) => known === lower)
  if (field === undefined) return []
  return (values[field] ?? [])
    .filter((known) => known.startsWith(value.toLowerCase()) && known !== value.toLowerCase())
    .map((known) => ({
      query: `${before}${minus}${field}:${known} `,
      label: `${minus}${field}:${known}`,
      field,
    }))
    .slice(0, 8)
}
