// The renderer's files, listed once at start. A request names an entry or gets nothing, so no
// spelling of a path can reach another file.

import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface ServedFile {
  readonly path: string
  readonly type: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** URL pathname → file. Files of a type not listed above are left out, source maps among them. */
export function readFileTable(folder: string): ReadonlyMap<string, ServedFile> {
  const table = new Map<string, ServedFile>()
  collect(folder, '/', table)
  const index = table.get('/index.html')
  if (index) table.set('/', index)
  return table
}

function collect(folder: string, prefix: string, table: Map<string, ServedFile>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const type = types[extname(entry.name)]
    if (entry.isDirectory()) collect(path, `${prefix}${entry.name}/`, table)
    else if (entry.isFile() && type) table.set(`${prefix}${entry.name}`, { path, type })
  }
}
