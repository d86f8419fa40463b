import vue from '@vitejs/plugin-vue'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

// A zone no machine runs in, with a quarter-hour offset and daylight saving: code that leans on
// local time fails here first. Set before the workers start, because a zone changed later is not
// seen by every part of Node.
process.env.TZ = 'Pacific/Chatham'

// Tests wait for servers more than they compute: two at a time also where there are two processors.
const maxWorkers = Math.max(2, availableParallelism() - 1)

const root = resolve(import.meta.dirname, '..')

export default defineConfig({
  root,
  test: {
    maxWorkers,
    reporters: process.env.COPYDESK_REPORT
      ? ['default', ['json', { outputFile: process.env.COPYDESK_REPORT }]]
      : ['default'],
    projects: [
      {
        root,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node' },
      },
      {
        root,
        test: {
          name: 'main',
          include: ['test/main/**/*.test.ts'],
          environment: 'node',
          // A process per file: native sqlite3 and sockets do not like shared threads.
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          // Long proofs on real servers: cuts, kills, races, fuzzing. A file takes minutes, so it is run by `npm run proofs`.
          name: 'proof',
          include: ['test/proof/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          testTimeout: 3 * 3_600_000,
          hookTimeout: 120_000,
        },
      },
      {
        root,
        plugins: [vue()],
        test: {
          name: 'renderer',
          include: ['test/renderer/**/*.test.ts'],
          environment: 'happy-dom',
        },
      },
    ],
  },
})
