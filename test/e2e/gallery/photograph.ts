// Takes the pictures of a list of screens, and lets axe judge each screen in both themes.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { Screen, Stage } from './screen'

export const shots = process.env['COPYDESK_SHOTS'] ?? ''
const only = process.env['COPYDESK_SCREENS']?.split(',')

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const looks = [
  { name: 'light', colorScheme: 'light', size: [1440, 900], isJudged: true },
  { name: 'dark', colorScheme: 'dark', size: [1440, 900], isJudged: true },
  { name: 'narrow-light', colorScheme: 'light', size: [900, 700], isJudged: false },
  { name: 'narrow-dark', colorScheme: 'dark', size: [900, 700], isJudged: false },
] as const

/** The window people see: mail is purified in another one, which is never shown. */
async function resize({ launched }: Stage, size: readonly [number, number]): Promise<void> {
  await launched.app.evaluate(({ BrowserWindow }, [width, height]) => {
    const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
    shown?.setContentSize(width, height)
  }, size)
}

/** Names each rule that is broken with the elements that break it. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(tags)
    // What is in a mail is written by its sender.
    .exclude('iframe')
    .analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n  ')}`)
}

async function photograph(stage: Stage, name: string): Promise<string[]> {
  const wrong: string[] = []
  for (const look of looks) {
    await resize(stage, look.size)
    await stage.page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' })
    // Panes find their size.
    await stage.page.waitForTimeout(250)
    await stage.page.screenshot({ path: join(shots, `${name}-${look.name}.png`) })
    if (!look.isJudged) continue
    for (const one of await violations(stage.page)) wrong.push(`${name}, ${look.name}: ${one}`)
  }
  await resize(stage, [1440, 900])
  await stage.page.emulateMedia({ colorScheme: 'light' })
  return wrong
}

/** A screen that cannot be shown, or that leaves somebody out, is named at the end and hides no other. */
export async function photographAll(stage: Stage, screens: readonly Screen[]): Promise<void> {
  mkdirSync(shots, { recursive: true })
  stage.page.setDefaultTimeout(10_000)
  const failed: string[] = []
  for (const screen of screens) {
    try {
      await screen.show(stage)
      if (only === undefined || only.includes(screen.name)) {
        failed.push(...(await photograph(stage, screen.name)))
      }
      await screen.leave?.(stage)
    } catch (error) {
      failed.push(`${screen.name}: ${String(error).split('\n')[0] ?? ''}`)
      await stage.page.screenshot({ path: join(shots, `failed-${screen.name}.png`) })
      for (let n = 0; n < 3; n += 1) await stage.page.keyboard.press('Escape')
    }
  }
  if (failed.length > 0) throw new Error(`Not as it should be:\n${failed.join('\n')}`)
}
