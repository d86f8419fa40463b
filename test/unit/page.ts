import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const path = resolve(import.meta.dirname, '../../../shared/participants.md')

/** The normative page beside the checkout; null where there is only the checkout. */
export const page = existsSync(path) ? readFileSync(path, 'utf8') : null

/** The first table of a section `## N …`: its rows without ruler, cells trimmed. */
export function tableOf(section: number): string[][] {
  const from =
    (page ?? '').split(`\n## ${section} `)[1] ?? (page ?? '').split(`\n## ${section}. `)[1]
  const lines = (from ?? '').split('\n## ')[0]?.split('\n') ?? []
  const start = lines.findIndex((line) => line.startsWith('|'))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines
    .slice(start, end)
    .filter((line) => !/^\|[-| ]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.replace(/[*`]/g, '').trim()),
    )
}
