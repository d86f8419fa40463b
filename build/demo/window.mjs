// The app on the demo's profile: as a person starts it, or driven by Playwright.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { _electron } from '@playwright/test'
import { root } from '../cache.mjs'
import { sandboxArguments } from '../electron.mjs'
import { profileEnv } from './profile.mjs'

function command({ folder, env = {} }) {
  const isWayland = !process.env.DISPLAY && Boolean(process.env.WAYLAND_DISPLAY) && !env.DISPLAY
  const ozone = isWayland ? ['--ozone-platform-hint=auto'] : []
  return {
    args: [...sandboxArguments, ...ozone, root, '--profile', join(folder, 'profile')],
    // Set by some editors' terminals; with it Electron would be a plain Node.
    env: { ...process.env, ...env, ...profileEnv(folder), ELECTRON_RUN_AS_NODE: undefined },
  }
}

/** Resolves with an exit code when the person has closed the window. */
export function openWindow(context) {
  const { args, env } = command(context)
  const child = spawn(context.electron.path, args, { cwd: root, env, stdio: 'ignore' })
  context.atEnd(() => child.kill('SIGKILL'))
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGINT') done(0)
      else
        fail(
          new Error(
            `the app ended with ${code ?? signal}; start it again with COPYDESK_LOG=stderr`,
          ),
        )
    })
  })
}

/** Opens the app for the tour. */
export async function driveWindow(context) {
  const { args, env } = command(context)
  const options = { executablePath: context.electron.path, args, env, cwd: root, timeout: 60_000 }
  const app = await _electron.launch(options)
  const main = app.process()
  context.atEnd(() => main.kill('SIGKILL'))
  const window = await app.firstWindow({ timeout: 60_000 })
  window.setDefaultTimeout(20_000)
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0].setContentSize(1440, 900)
  })
  const quit = async () => {
    const ended = new Promise((done) => main.once('exit', done))
    await app.evaluate(({ app: electron }) => electron.quit()).catch(() => undefined)
    await ended
  }
  return { window, quit }
}
