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

/** Sections whose tables are counted cell by cell where the cells are tested. */
const tablesElsewhere: ReadonlySet<string> = new Set(['4.3', '5', '6'])

/** A paragraph, bullet or row of a table, each as one line, in the order of the page. */
function passages(text: string): string[] {
  const found: string[] = []
  let section = ''
  let open = false
  for (const line of text.split('\n')) {
    const isRow = line.startsWith('|')
    const isRuler = /^\|[-| ]+\|$/.test(line) || /^\| (?:term|rule) \|/.test(line)
    section = /^#{2,3} (\d(?:\.\d)?)/.exec(line)?.[1] ?? section
    if (line.startsWith('#') || line.trim() === '') open = false
    else if (isRow) {
      open = false
      if (!isRuler && !tablesElsewhere.has(section)) found.push(line)
    } else if (open && !line.startsWith('- ')) found.push(`${found.pop() ?? ''} ${line.trim()}`)
    else {
      found.push(line.trim())
      open = true
    }
  }
  return found
}

/** Every sentence of the page but those of its tables in §4.3, §5 and §6, in order. */
export function sentences(): string[] {
  return passages(page ?? '').flatMap((text) => text.split(/(?<=[.;])["”)]?\s+(?=[A-Z`*“"])/))
}
