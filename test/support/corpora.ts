// Public mail collections for proofs, where they are at hand (../shared/corpora). Data only, no part of the project.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const root = resolve('../shared/corpora')

/** False where the collections are absent: proofs then say that they skip. */
export const hasCorpora = existsSync(root)

/** One mail of a collection; `name` is its file, with a number where a file holds several. */
export interface CorpusMail {
  readonly name: string
  readonly raw: Buffer
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.name.startsWith('.') || /\.(?:json|md)$/.test(entry.name)) return []
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}

/** Mails of an mbox; any other file is one mail. */
function divide(name: string, raw: Buffer): CorpusMail[] {
  const text = raw.toString('latin1')
  if (!/\.mbox$/.test(name) || !text.startsWith('From ')) return [{ name, raw }]
  const parts = text.split(/(?:^|\r?\n)From [^\r\n]*\d{4}\r?\n/).filter((part) => part !== '')
  return parts.map((part, n) => ({
    name: `${name}#${String(n + 1)}`,
    raw: Buffer.from(part, 'latin1'),
  }))
}

/** Every mail of every collection, always in the same order. */
export function readCorpora(): CorpusMail[] {
  if (!hasCorpora) return []
  return filesIn(root)
    .sort()
    .flatMap((file) => divide(relative(root, file), readFileSync(file)))
}
