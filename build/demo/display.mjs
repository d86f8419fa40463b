// A display of its own where the machine has none.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

/** Starts Xvfb on a free number. @returns the environment that names it */
export async function startDisplay(atEnd) {
  const screen = ['-screen', '0', '1600x1200x24', '-nolisten', 'tcp']
  const [program, ...args] = ['Xvfb', '-displayfd', '3', ...screen]
  // Not in our process group: Ctrl+C must not take the display away before the window.
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const number = await new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code) => fail(new Error(`it ended with ${code}`)))
    createInterface({ input: child.stdio[3] }).once('line', done)
  }).catch((error) => {
    throw new Error(
      `There is no display, and Xvfb did not start (${error.message}). Run: npm run setup`,
    )
  })
  child.removeAllListeners('exit')
  child.unref()
  atEnd(() => child.kill())
  return { DISPLAY: `:${number}` }
}
