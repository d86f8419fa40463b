// A place beside the clock: how many tickets wait, and the few things one wants without the window.
import { app as electron, Menu, nativeImage, Tray } from 'electron'
import { preferences } from '#shared/model/preferences'
import type { App } from '../host'
import { log } from '../log'
import { isChangeOf } from './isChangeOf'
import { say } from './words'

export interface TrayOptions {
  readonly show: () => void
  readonly newTicket: () => void
}

interface Counts {
  readonly unassigned: number
  readonly held: number
}

const pauseMs = 500
const size = 32

/** An envelope as pixels, so that no file has to be found: dark on macOS (a template image), light with an edge elsewhere. */
function drawIcon(): Electron.NativeImage {
  const pixels = Buffer.alloc(size * size * 4)
  const isTemplate = process.platform === 'darwin'
  const shade = isTemplate ? 0 : 240
  for (let y = 6; y < 26; y += 1) {
    for (let x = 3; x < 29; x += 1) {
      const isEdge = y < 8 || y > 23 || x < 5 || x > 26
      const fold = Math.abs(x - 16)
      const isFold = y >= 8 && y <= 18 && Math.abs(18 - fold * 0.8 - y) < 1.4
      const alpha = isEdge || isFold ? 255 : isTemplate ? 0 : 90
      pixels.set([shade, shade, shade, alpha], (y * size + x) * 4)
    }
  }
  const image = nativeImage.createFromBitmap(pixels, { width: size, height: size, scaleFactor: 2 })
  image.setTemplateImage(isTemplate)
  return image
}

function countsIn(value: unknown): Counts {
  const { unassigned = 0, held = 0 } = value as Partial<Counts>
  return { unassigned, held }
}

/** Puts the app beside the clock, where the system has such a place; returns its own end. */
export function showTray(
  app: Pick<App, 'serve' | 'onEvent'>,
  { show, newTicket }: TrayOptions,
): { readonly stop: () => void; readonly refresh: () => void } {
  const none = { stop: () => undefined, refresh: () => undefined }
  // On Linux the place beside the clock is asked for over the session bus; without one there is nobody to ask.
  const hasBus = (process.env['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== ''
  if (process.platform === 'linux' && !hasBus) return none
  let tray: Tray
  try {
    tray = new Tray(drawIcon())
  } catch (error) {
    // A desktop without such a place: everything is in the window as well.
    log.info('window', 'noTray', { error })
    return none
  }
  tray.on('click', show)
  let pending: NodeJS.Timeout | null = null
  let isStopped = false

  const pause = async (isPaused: boolean): Promise<void> => {
    const answer = await app.serve('preferences.get', undefined)
    if (!answer.ok) return
    const { notifications } = preferences.parse(answer.value)
    await app.serve('preferences.set', { notifications: { ...notifications, isPaused } })
  }

  const draw = async (): Promise<void> => {
    pending = null
    const [counted, known] = await Promise.all([
      app.serve('tickets.counts', undefined),
      app.serve('preferences.get', undefined),
    ])
    if (isStopped) return
    const { unassigned, held } = countsIn(counted.ok ? counted.value : {})
    const isPaused = known.ok && preferences.parse(known.value).notifications.isPaused
    const numbers = [say('unassigned', { n: unassigned }), say('held', { n: held })]
    tray.setToolTip([electron.name, ...numbers].join('\n'))
    tray.setContextMenu(
      Menu.buildFromTemplate([
        ...numbers.map((label) => ({ label, enabled: false })),
        { type: 'separator' },
        { label: say('open'), click: show },
        { label: say('newTicket'), click: newTicket },
        {
          label: say('pause'),
          type: 'checkbox',
          checked: isPaused,
          click: ({ checked }) => void pause(checked),
        },
        { type: 'separator' },
        { label: say('quit'), click: () => electron.quit() },
      ]),
    )
  }
  const refresh = (): void => {
    pending ??= setTimeout(() => {
      draw().catch((error: unknown) => {
        log.error('window', 'trayNotDrawn', { error })
      })
    }, pauseMs)
  }
  refresh()
  const stop = app.onEvent((event) => {
    if (isChangeOf(event, 'ticket', 'policy', 'session', 'preferences')) refresh()
  })
  return {
    refresh,
    stop: () => {
      isStopped = true
      stop()
      if (pending) clearTimeout(pending)
      tray.destroy()
    },
  }
}
