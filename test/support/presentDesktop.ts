// A desktop in a process of its own that has one ticket open until it is killed: `node presentDesktop.cjs PROFILE TICKET`.
import { createEngine } from '#main/engine'

const [profile = '', ticketId = ''] = process.argv.slice(2)
const passwords = {
  get: async () => JSON.stringify({ imap: 'pass', smtp: 'pass' }),
  set: async () => undefined,
}
const engine = await createEngine({
  profile,
  secrets: { mode: 'ask', ...passwords },
})
await engine.start()
await engine.presence.set({ ticketId, state: 'replying' })
