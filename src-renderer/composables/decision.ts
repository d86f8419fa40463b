/** What an agent decides about a held comment or a suggested person. */
export type Decision =
  | { readonly do: 'accept' | 'add-cc' | 'discard' | 'block' }
  | { readonly do: 'alias'; readonly aliasOf: string }
