// Takes the pictures of a list of screens, and lets axe judge each screen in both themes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { Screen, Stage } from './screen'

export const shots = process.env['COPYDESK_SHOTS'] ?? ''
const only = process.env['COPYDESK_SCREENS']?.split(',')

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
interface Look {
  readonly name: string
  readonly colorScheme: 'light' | 'dark'
  readonly size: readonly [number, number]
  readonly isJudged?: boolean
  readonly isHighContrast?: boolean
  readonly zoom?: number
}

const wide = [1440, 900] as const
const narrow = [900, 700] as const
const looks: readonly Look[] = [
  { name: 'light', colorScheme: 'light', size: wide, isJudged: true },
  { name: 'dark', colorScheme: 'dark', size: wide, isJudged: true },
  { name: 'narrow-light', colorScheme: 'light', size: narrow },
  { name: 'narrow-dark', colorScheme: 'dark', size: narrow },
]
const moreLooks: readonly Look[] = [
  { name: 'contrast', colorScheme: 'dark', size: wide, isHighContrast: true },
  { name: 'zoomed', colorScheme: 'light', size: wide, zoom: 2 },
  { name: 'small', colorScheme: 'dark', size: [640, 520] },
]

/** In the window people see: mail is purified in another one, which is never shown. */
async function wear({ launched, page }: Stage, look: Look): Promise<void> {
  const { colorScheme, isHighContrast = false, zoom = 1, size } = look
  await launched.app.evaluate(
    ({ BrowserWindow }, { width, height, factor }) => {
      const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
      shown?.setContentSize(width, height)
      shown?.webContents.setZoomFactor(factor)
    },
    { width: size[0], height: size[1], factor: zoom },
  )
  const forcedColors = isHighContrast ? 'active' : 'none'
  await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' })
  // Panes find their size.
  await page.waitForTimeout(250)
}

/** Playwright's own pictures know nothing of the zoom and show a quarter of the window. */
async function picture({ launched, page }: Stage, { zoom }: Look): Promise<Buffer> {
  if (zoom === undefined) return page.screenshot()
  const png = await launched.app.evaluate(async ({ BrowserWindow }) => {
    const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
    return (await shown?.webContents.capturePage())?.toPNG().toString('base64') ?? ''
  })
  return Buffer.from(png, 'base64')
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

async function photograph(stage: Stage, { name, hasMoreLooks }: Screen): Promise<string[]> {
  const wrong: string[] = []
  for (const look of hasMoreLooks ? [...looks, ...moreLooks] : looks) {
    await wear(stage, look)
    writeFileSync(join(shots, `${name}-${look.name}.png`), await picture(stage, look))
    if (!look.isJudged) continue
    for (const one of await violations(stage.page)) wrong.push(`${name}, ${look.name}: ${one}`)
  }
  await wear(stage, { name: '', colorScheme: 'light', size: wide })
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
        failed.push(...(await photograph(stage, screen)))
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
