// Mail servers, mailbox, profile, window: in this order, and taken down in the reverse one.
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, resolveElectron } from '../electron.mjs'
import { ensureBuilt } from '../fresh.mjs'
import { startCustomers } from './customers.mjs'
import { hasDisplay, startDisplay } from './display.mjs'
import { fillMailbox } from './letters.mjs'
import * as people from './people.mjs'
import { makeProfile } from './profile.mjs'
import { keepReceived } from './received.mjs'
import { startServers } from './servers.mjs'
import { playTour } from './tour.mjs'
import { openWindow } from './window.mjs'

const say = (line) => process.stdout.write(`${line}\n`)
const ask = (line) => say(`  ${line}`)

const toTry = [
  'Open “Cracked glass on two of six pendants”: an HTML mail, a CC, files.',
  'Open “Lamp fell from the ceiling”: an outsider wrote, so that mail is held until you decide.',
  'Add a CC in the sidebar, write a public reply, read under it who gets what, and send.',
  '  Within seconds the customer answers; name a CC in the first line and that CC answers.',
  'Switch to “Internal note”: no customer gets it, a follower does.',
  'Add gone@gone.example as a CC and reply: that address does not exist, a bounce comes back.',
]

/** Whatever ends the demo ends everything it has started, and nothing else. */
function createEnds() {
  const ends = []
  const run = () => {
    for (const end of ends.splice(0).reverse()) {
      try {
        end()
      } catch (error) {
        say(`Not cleaned up: ${error.message}`)
      }
    }
  }
  process.once('exit', run)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => process.exit(130))
  return (end) => ends.push(end)
}

function makeFolder(atEnd, isKept) {
  const folder = fs.mkdtempSync(join(tmpdir(), 'copydesk-demo-'))
  atEnd(() => {
    if (isKept) say(`Kept: ${folder}`)
    else fs.rmSync(folder, { recursive: true, force: true, maxRetries: 8, retryDelay: 100 })
  })
  return folder
}

async function makeDesk(folder, atEnd) {
  const { support, mailServer, password } = people
  const servers = await startServers({ support, server: mailServer, password })
  atEnd(() => void servers.stop())
  say(
    `IMAP 127.0.0.1:${servers.imapPort}, SMTP 127.0.0.1:${servers.smtpPort}; nothing leaves this machine`,
  )
  const { mails, done } = await fillMailbox(servers)
  const { pulled, tickets } = await makeProfile(folder, servers, done)
  say(`${mails} mails in the mailbox, ${pulled} read, ${tickets} tickets`)
  return servers
}

async function showWindow(context) {
  const { servers, folder } = context
  keepReceived(servers, join(folder, 'received'), (line) => ask(line))
  startCustomers({ servers, delays: [4000, 8000], say: ask })
  say('\nThe window is open. What to try:')
  for (const line of toTry) say(`  ${line.startsWith(' ') ? '' : '- '}${line}`)
  say(`What people outside receive is kept in ${join(folder, 'received')}`)
  say('Close the window or press Ctrl+C to end the demo.\n')
  return openWindow(context)
}

/** @returns {Promise<number>} the exit code */
export async function runDemo({ isTour, isKept }) {
  const atEnd = createEnds()
  try {
    const electron = resolveElectron()
    say(describe(electron))
    ensureBuilt('all')
    const folder = makeFolder(atEnd, isKept)
    const servers = await makeDesk(folder, atEnd)
    const context = { electron, folder, servers, atEnd, say }
    if (!isTour && hasDisplay()) return await showWindow(context)
    const env = hasDisplay() ? {} : await startDisplay(atEnd)
    return await playTour({ ...context, env })
  } catch (error) {
    process.stderr.write(`\nThe demo stopped: ${error.message}\n`)
    return 1
  }
}
