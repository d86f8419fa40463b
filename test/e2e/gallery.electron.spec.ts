// Pictures of the window, for people to look at: `npm run screens`. Without COPYDESK_SHOTS nothing runs.
// A screen is added to a list in test/e2e/gallery.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@playwright/test'
import { fillMailbox } from '../../build/demo/letters.mjs'
import { mailServer, password, support } from '../../build/demo/people.mjs'
import { makeProfile, profileEnv } from '../../build/demo/profile.mjs'
import { startServers } from '../../build/demo/servers.mjs'
import { launchApp } from '#support/electron/launchApp'
import { agentScreens } from './gallery/agentScreens'
import type { Screen, Stage } from './gallery/screen'

const shots = process.env['COPYDESK_SHOTS'] ?? ''
const only = process.env['COPYDESK_SCREENS']
test.skip(shots === '', 'COPYDESK_SHOTS names the folder for the pictures')

const looks = [
  { name: 'light', colorScheme: 'light', size: [1440, 900] },
  { name: 'dark', colorScheme: 'dark', size: [1440, 900] },
  { name: 'narrow-light', colorScheme: 'light', size: [900, 700] },
  { name: 'narrow-dark', colorScheme: 'dark', size: [900, 700] },
] as const

/** The window people see: mail is purified in another one, which is never shown. */
async function resize({ launched }: Stage, size: readonly [number, number]): Promise<void> {
  await launched.app.evaluate(({ BrowserWindow }, [width, height]) => {
    const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
    shown?.setContentSize(width, height)
  }, size)
}

async function photograph(stage: Stage, name: string): Promise<void> {
  for (const look of looks) {
    await resize(stage, look.size)
    await stage.page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' })
    // Panes find their size.
    await stage.page.waitForTimeout(250)
    await stage.page.screenshot({ path: join(shots, `${name}-${look.name}.png`) })
  }
  await resize(stage, [1440, 900])
  await stage.page.emulateMedia({ colorScheme: 'light' })
}

/** A screen that cannot be shown is named at the end and hides no other. */
async function photographAll(stage: Stage, screens: readonly Screen[]): Promise<void> {
  mkdirSync(shots, { recursive: true })
  stage.page.setDefaultTimeout(10_000)
  const failed: string[] = []
  for (const screen of screens) {
    try {
      await screen.show(stage)
      if (only === undefined || only.split(',').includes(screen.name)) {
        await photograph(stage, screen.name)
      }
      await screen.leave?.(stage)
    } catch (error) {
      failed.push(`${screen.name}: ${String(error).split('\n')[0] ?? ''}`)
      await stage.page.screenshot({ path: join(shots, `failed-${screen.name}.png`) })
      for (let n = 0; n < 3; n += 1) await stage.page.keyboard.press('Escape')
    }
  }
  if (failed.length > 0) throw new Error(`Not shown:\n${failed.join('\n')}`)
}

test('the demo desk', async () => {
  test.setTimeout(300_000)
  const folder = mkdtempSync(join(tmpdir(), 'cd-gallery-'))
  const servers = await startServers({ support, server: mailServer, password })
  let isUp = true
  const cutNetwork = async (): Promise<void> => {
    if (isUp) await servers.stop()
    isUp = false
  }
  try {
    const { done } = await fillMailbox(servers)
    await makeProfile(folder, servers, done)
    const launched = await launchApp({ profile: join(folder, 'profile'), env: profileEnv(folder) })
    const page = launched.window
    try {
      await photographAll({ launched, page, cutNetwork }, agentScreens)
    } finally {
      await launched.close()
    }
  } finally {
    await cutNetwork()
    rmSync(folder, { recursive: true, force: true })
  }
})
