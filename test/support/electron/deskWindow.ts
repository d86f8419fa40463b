// A desk for tests of the window: a few mails of every kind, and a profile that the command line made.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { MailServer } from '#support/servers/startMailServer'
import { repository } from './launchApp'

export const support = 'support@desk.test'
export const directory = [
  { name: 'Ben Bright', address: 'ben@desk.test', groups: ['Lights'] },
  { name: 'Cleo Clear', address: 'cleo@desk.test', role: 'light' },
]

/** A conversation with CCs and an outsider, a plain question, and a few more to have a list. */
export async function deliverCases(server: MailServer): Promise<void> {
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: support,
    cc: ['Dave Brown <dave@customer.test>', 'Pat Lee <pat@partner.test>'],
    subject: 'Lamp in room 12 flickers',
    text: 'Hello,\n\nsince Monday it goes dark every ten minutes.\n\nCarol',
    messageId: '<lamp@customer.test>',
  })
  await server.deliver({
    from: 'Olaf Outsider <olaf@elsewhere.test>',
    to: support,
    subject: 'Re: Lamp in room 12 flickers',
    text: 'I can send a new driver.',
    headers: { 'In-Reply-To': '<lamp@customer.test>', References: '<lamp@customer.test>' },
  })
  for (const [at, subject] of [
    'Invoice 4711 is wrong',
    'Chair wobbles',
    'Opening hours?',
  ].entries())
    await server.deliver({
      from: `Customer ${at} <customer${at}@customer.test>`,
      to: support,
      subject,
      text: `Hello, this is about: ${subject}`,
    })
}

/** Runs `copydesk ARGS` on a profile that no window has open. @returns what it printed, parsed */
export async function copydesk(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  input = '',
): Promise<unknown> {
  const child = spawn(process.execPath, [join(repository, 'out', 'main', 'cli.cjs'), ...args], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  })
  child.stdin.end(input)
  let printed = ''
  let logged = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (logged += chunk.toString()))
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error(`copydesk ${args.join(' ')}: ${printed}${logged}`)
  return JSON.parse(printed)
}

/** Connects the mailbox and reads it once; `more` joins what is set up. @returns the environment for everything that opens the profile */
export async function setUpDesk(
  server: MailServer,
  folder: string,
  profile: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, string>> {
  const imap = server.imapSettings(support)
  const env = { COPYDESK_PASSWORD: imap.password, XDG_CONFIG_HOME: join(folder, 'config') }
  const config = {
    account: { address: support, name: 'Hotel desk', imap, smtp: server.smtpSettings(support) },
    agent: { name: 'Ada Lovelace', address: 'ada@desk.test', role: 'admin' },
    directory,
    ...more,
  }
  await copydesk(env, ['setup', '--config', '-', '--profile', profile], JSON.stringify(config))
  await copydesk(env, ['sync', '--profile', profile])
  return env
}
