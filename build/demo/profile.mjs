// A profile for the demo, made by the command line as an admin would make one.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../cache.mjs'
import * as people from './people.mjs'

const settings = (port) => ({
  host: '127.0.0.1',
  port,
  security: 'none',
  user: people.support,
  password: people.password,
})

export const setupConfig = ({ imapPort, smtpPort }) => ({
  account: {
    address: people.support,
    name: 'Lumenhaus',
    imap: settings(imapPort),
    smtp: settings(smtpPort),
  },
  agent: people.agent,
  directory: people.directory,
  trustedAuthservIds: [people.mailServer],
  // In the demo customers answer within seconds.
  undoSeconds: 0,
})

/** @returns what to add to the environment of everything that opens this profile */
export const profileEnv = (folder) => ({
  // The command line keeps the key of its sealed passwords here, not in the home of who runs the demo.
  XDG_CONFIG_HOME: join(folder, 'config'),
  COPYDESK_PASSWORD: people.password,
})

/** Runs `copydesk ARGS` on a profile in the folder. @returns what it printed, parsed */
export function copydesk(folder, args, input = '', profile = 'profile') {
  const command = join(root, 'out', 'main', 'cli.cjs')
  const child = spawn(process.execPath, [command, ...args, '--profile', join(folder, profile)], {
    env: { ...process.env, ...profileEnv(folder) },
    stdio: 'pipe',
  })
  child.stdin.end(input)
  const printed = []
  const logged = []
  child.stdout.on('data', (chunk) => printed.push(chunk))
  child.stderr.on('data', (chunk) => logged.push(chunk))
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => {
      const text = Buffer.concat(printed).toString()
      if (code === 0) done(JSON.parse(text))
      else
        fail(new Error(`copydesk ${args[0]} ended with ${code}:\n${text}${Buffer.concat(logged)}`))
    })
  })
}

const actions = {
  assign: (key, [name]) => ['assign', key, people.findColleague(name).address],
  follow: (key, [name]) => ['follow', key, people.findColleague(name).address],
  solve: (key) => ['status', key, 'solved'],
}

/** Connects the mailbox, reads it once and repeats what colleagues have done. */
export async function makeProfile(folder, servers, done) {
  await copydesk(folder, ['setup', '--config', '-'], JSON.stringify(setupConfig(servers)))
  const { pulled } = await copydesk(folder, ['sync'])
  const rows = await copydesk(folder, ['tickets', '--limit', '200'])
  const keys = new Map(rows.map(({ subject, key }) => [subject, key]))
  for (const { subject, word } of done) {
    const [verb, ...rest] = word.split(' ')
    await copydesk(folder, actions[verb](keys.get(subject), rest))
  }
  return { pulled, tickets: rows.length }
}
