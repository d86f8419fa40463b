import { homedir } from 'node:os'
import { join } from 'node:path'

// Outside git and outside node_modules: what is here outlives `npm ci`.
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'copydesk')
export const root = join(import.meta.dirname, '..')
