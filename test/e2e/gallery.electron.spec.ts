// Pictures of the window, for people to look at: `npm run screens`. Without COPYDESK_SHOTS nothing runs.
// A screen is added to a list in test/e2e/gallery.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@playwright/test'
import { fillMailbox } from '../../build/demo/letters.mjs'
import { colleagues, mailServer, password, support } from '../../build/demo/people.mjs'
import { copydesk, makeProfile, profileEnv, setupConfig } from '../../build/demo/profile.mjs'
import { startServers } from '../../build/demo/servers.mjs'
import { launchApp } from '#support/electron/launchApp'
import { cutBulkReply, fillOutbox } from '#support/fillOutbox'
import { fillWithTickets } from '#support/fillWithTickets'
import { agentScreens } from './gallery/agentScreens'
import { foundScreens, joinScreens } from './gallery/setupScreens'
import { fullScreens } from './gallery/fullScreens'
import { photographAll, shots } from './gallery/photograph'
import { readOnlyScreens, settingsScreens } from './gallery/settingsScreens'
import { troubleScreens } from './gallery/troubleScreens'
import type { Screen } from './gallery/screen'

test.skip(shots === '', 'COPYDESK_SHOTS names the folder for the pictures')

type Servers = Awaited<ReturnType<typeof startServers>>

interface Desk {
  readonly folder: string
  readonly servers: Servers
  /** Pictures of a window on a profile of this desk. */
  readonly photograph: (screens: readonly Screen[], profile?: string) => Promise<void>
}

/** Mail servers and a folder of their own; everything is gone afterwards. */
async function withServers(work: (desk: Desk) => Promise<void>): Promise<void> {
  test.setTimeout(1_800_000)
  const folder = mkdtempSync(join(tmpdir(), 'cd-gallery-'))
  const servers = await startServers({ support, server: mailServer, password })
  let isUp = true
  const cutNetwork = async (): Promise<void> => {
    if (isUp) await servers.stop()
    isUp = false
  }
  const photograph: Desk['photograph'] = async (screens, profile = 'profile') => {
    const launched = await launchApp({ profile: join(folder, profile), env: profileEnv(folder) })
    const { imapPort, smtpPort } = servers
    try {
      await photographAll(
        { launched, page: launched.window, cutNetwork, imapPort, smtpPort },
        screens,
      )
    } finally {
      await launched.close()
    }
  }
  try {
    await work({ folder, servers, photograph })
  } finally {
    await cutNetwork()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withDemoDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  await withServers(async (desk) => {
    const { done } = await fillMailbox(desk.servers)
    await makeProfile(desk.folder, desk.servers, done)
    await work(desk)
  })
}

test('the demo desk', () => withDemoDesk(({ photograph }) => photograph(agentScreens)))

test('settings, and what somebody who is no admin sees of them', () =>
  withDemoDesk(async ({ folder, servers, photograph }) => {
    await photograph(settingsScreens)
    const [agent] = colleagues
    const config = JSON.stringify({ ...setupConfig(servers), agent })
    await copydesk(folder, ['setup', '--config', '-'], config, 'ben')
    await photograph(readOnlyScreens, 'ben')
  }))

test('the first run', async () => {
  await withServers(({ photograph }) => photograph(foundScreens))
  await withDemoDesk(({ photograph }) => photograph(joinScreens, 'fresh'))
})

test('10,000 tickets, and an outbox in which everything has happened', () =>
  withDemoDesk(async ({ folder, photograph }) => {
    await fillOutbox(join(folder, 'profile'))
    await fillWithTickets(join(folder, 'profile'), 10_000)
    await photograph(fullScreens)
  }))

test('what was cut short, and what is asked before a mail leaves', () =>
  withDemoDesk(async ({ folder, photograph }) => {
    await fillOutbox(join(folder, 'profile'))
    await cutBulkReply(join(folder, 'profile'))
    await photograph(troubleScreens)
  }))
