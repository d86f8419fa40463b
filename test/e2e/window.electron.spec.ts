// What a page and a mail cannot do, shown in a real Electron. The main process and the preload are
// the real ones; behind them stands an app without engine whose mails nobody has sanitised.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test, type Frame } from '@playwright/test'
import { buildStandIn } from '#support/electron/buildStandIn'
import {
  electronCommand,
  electronEnv,
  launchApp,
  type Launched,
  type LaunchOptions,
} from '#support/electron/launchApp'
import type { StandIn } from '#support/electron/standInApp'
import { links, mails, onePixel } from '#support/electron/hostileMails'
import { startMailServer } from '#support/servers/startMailServer'
import type { Bridge, Envelope } from '#shared/ipc/procedure'

declare global {
  interface Window {
    readonly copydesk: Bridge
    addFrame: (mailId: string, width: number, height: number) => Promise<void>
  }
  var standIn: StandIn
  var clean: (html: string) => Promise<string>
  var opened: string[]
  var desktop: { asked: string[]; paths: string[]; choice: number }
}

let folder: string
let appFolder: string
let desk: Launched
let openedFiles: string[] = []

const start = (options: Partial<LaunchOptions> = {}): Promise<Launched> =>
  launchApp({ profile: join(folder, 'profile'), appFolder, ...options })

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'copydesk-window-'))
  appFolder = await buildStandIn(join(folder, 'app'))
  desk = await start()
  await desk.app.evaluate(({ shell }) => {
    globalThis.opened = []
    shell.openExternal = (url) => {
      globalThis.opened.push(url)
      return Promise.resolve()
    }
  })
})

test.afterAll(async () => {
  await desk.close()
  expect(openedFiles.filter((path) => existsSync(path))).toEqual([])
  rmSync(folder, { recursive: true, force: true })
})

const opened = (): Promise<string[]> =>
  desk.app.evaluate(() => globalThis.opened.splice(0, globalThis.opened.length))

async function show(mailId: string, width = 600, height = 400): Promise<void> {
  await desk.window.evaluate(([id, w, h]) => window.addFrame(id, w, h), [
    mailId,
    width,
    height,
  ] as const)
}

const call = (path: string, input: unknown): Promise<Envelope> =>
  desk.window.evaluate(([p, i]) => window.copydesk.call(p, i), [path, input] as const)

/** Not by a locator: those wait for a navigation to end that has been refused. */
const frameCorner = (): Promise<{ x: number; y: number }> =>
  desk.window.evaluate(() => {
    const { x, y } = document.querySelector('iframe')?.getBoundingClientRect() ?? new DOMRect()
    return { x, y }
  })

async function heightOf(mailId: string): Promise<number> {
  const answer = await call('mail.frameHeight', { mailId })
  return answer.ok ? (answer.value as { height: number }).height : -1
}

/** Every request that reaches the session while `act` runs, also those that are cancelled. */
async function requestsDuring(act: () => Promise<void>): Promise<string[]> {
  await desk.app.evaluate(({ session }) => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    session.defaultSession.webRequest.onSendHeaders(({ url }) => seen.push(url))
  })
  await act()
  await desk.window.waitForTimeout(1_000)
  return desk.app.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
}

test.describe('the page', () => {
  test('has call and subscribe, frozen, and nothing else of Electron or Node', async () => {
    const found = await desk.window.evaluate(() => {
      const { copydesk } = window
      const names = ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'electron']
      try {
        Object.assign(copydesk, { call: () => 'mine' })
      } catch {
        // Frozen: that is what is asked here.
      }
      const isReplaced = String(copydesk.call).includes('mine')
      return {
        keys: Object.keys(copydesk).sort(),
        node: names.filter((name) => name in globalThis),
        isReplaced,
      }
    })
    expect(found).toEqual({ keys: ['call', 'subscribe'], node: [], isReplaced: false })
  })

  test('runs with sandbox, isolation and web security, without Node', async () => {
    const preferences = await desk.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => {
        type WithPreferences = { getLastWebPreferences: () => Record<string, unknown> }
        return (contents as unknown as WithPreferences).getLastWebPreferences()
      }),
    )
    expect(preferences).toHaveLength(1)
    expect(preferences[0]).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
    })
    expect(preferences[0]?.nodeIntegrationInWorker ?? false).toBe(false)
    expect(preferences[0]?.allowRunningInsecureContent ?? false).toBe(false)
    expect(preferences[0]?.experimentalFeatures ?? false).toBe(false)
    expect(preferences[0]?.enableBlinkFeatures ?? '').toBe('')
  })

  test('hears events without the Electron event, until it unsubscribes', async () => {
    const heard = desk.window.evaluate(
      () =>
        new Promise<unknown>((done) => {
          const stop = window.copydesk.subscribe((...heard: unknown[]) => {
            stop()
            done(heard)
          })
        }),
    )
    const say = (type: string): Promise<void> =>
      desk.app.evaluate((_electron, event) => {
        for (const listener of globalThis.standIn.listeners) listener({ type: event })
      }, type)
    await desk.window.waitForTimeout(100)
    await say('first')
    await say('second')
    expect(await heard).toEqual([{ type: 'first' }])
  })

  test('gets an envelope for every call, however wrong', async () => {
    for (const path of ['', '__proto__.toString', 'tickets.constructor', 'nothing.here']) {
      expect(await call(path, {})).toMatchObject({ ok: false, error: { code: 'not-found' } })
    }
    expect(await call('tickets.get', { id: 7 })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', detail: { field: 'id' } },
    })
    const answers = await desk.window.evaluate(() => {
      const any = window.copydesk.call as (...input: unknown[]) => Promise<Envelope>
      return Promise.all(
        [any(), any(7, 7), any({ toString: () => 'tickets.get' }.toString, 1)].map((answer) =>
          answer.then(
            (envelope) => envelope.ok,
            () => false,
          ),
        ),
      )
    })
    expect(answers).toEqual([false, false, false])
  })
})

test.describe('every response', () => {
  test('carries a policy and is never sniffed, found or not', async () => {
    const answers = await desk.app.evaluate(async ({ session }) => {
      const urls = [
        'app://copydesk/',
        'app://copydesk/page.js',
        'app://copydesk/../main/index.cjs',
        'app://copydesk/%2e%2e/main/index.cjs',
        'app://copydesk/..%5cmain%5cindex.cjs',
        'app://copydesk//etc/passwd',
        'app://copydesk/nothing.html',
        'app://other/',
        'mail://copydesk/hostile/',
        'mail://copydesk/image/part/one',
        'mail://copydesk/image/part/svg',
        'mail://copydesk/none/',
        "mail://copydesk/a;script-src 'unsafe-inline'/",
        'mail://copydesk/image/part/../../hostile/',
        'mail://other/hostile/',
      ]
      const get = session.defaultSession as unknown as { fetch: typeof fetch }
      return Promise.all(
        urls.map(async (url) => {
          const { status, headers } = await get.fetch(url)
          return {
            url,
            status,
            type: headers.get('content-type'),
            policy: headers.get('content-security-policy'),
            sniff: headers.get('x-content-type-options'),
            referrer: headers.get('referrer-policy'),
          }
        }),
      )
    })
    for (const { policy, sniff, referrer } of answers) {
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toMatch(/script-src(?! 'self')/)
      expect([sniff, referrer]).toEqual(['nosniff', 'no-referrer'])
    }
    expect(answers.map(({ url, status }) => [url, status])).toEqual([
      ['app://copydesk/', 200],
      ['app://copydesk/page.js', 200],
      ['app://copydesk/../main/index.cjs', 404],
      ['app://copydesk/%2e%2e/main/index.cjs', 404],
      ['app://copydesk/..%5cmain%5cindex.cjs', 404],
      ['app://copydesk//etc/passwd', 404],
      ['app://copydesk/nothing.html', 404],
      ['app://other/', 404],
      ['mail://copydesk/hostile/', 200],
      ['mail://copydesk/image/part/one', 200],
      ['mail://copydesk/image/part/svg', 404],
      ['mail://copydesk/none/', 404],
      ["mail://copydesk/a;script-src 'unsafe-inline'/", 404],
      ['mail://copydesk/image/part/../../hostile/', 200],
      ['mail://other/hostile/', 404],
    ])
    expect(answers[8]?.policy).toMatch(
      /img-src mail:\/\/copydesk\/hostile\/part\/ mail:\/\/copydesk\/hostile\/remote\/ data:;.*sandbox/,
    )
  })
})

test.describe('the page cannot', () => {
  test('leave, not by location, link, form, refresh or a dropped file', async () => {
    const addresses = [
      'https://evil.test/',
      'file:///etc/passwd',
      'app://copydesk.evil/',
      'mail://copydesk/plain/',
      'data:text/html,x',
      'about:blank',
      'chrome://gpu',
      'devtools://devtools/bundled/inspector.html',
    ]
    for (const address of addresses) {
      await desk.window.evaluate((url) => location.assign(url), address).catch(() => undefined)
      await desk.window.waitForTimeout(150)
      // about:blank cannot be refused, it is left again at once.
      await expect.poll(() => desk.window.url(), { message: address }).toBe('app://copydesk/')
    }
    await desk.window.evaluate(() => {
      const form = document.createElement('form')
      form.action = 'https://evil.test/'
      document.body.append(form)
      form.submit()
    })
    await desk.window.waitForTimeout(300)
    expect(desk.window.url()).toBe('app://copydesk/')
  })

  test('open a window, embed a webview or a foreign frame', async () => {
    const result = await desk.window.evaluate(() => {
      const webview = document.createElement('webview')
      webview.setAttribute('src', 'https://evil.test/')
      const frame = document.createElement('iframe')
      frame.src = 'https://evil.test/'
      document.body.append(webview, frame)
      setTimeout(() => {
        webview.remove()
        frame.remove()
      }, 200)
      return ['https://a.test/', 'app://copydesk/', 'about:blank', ''].map(
        (url) => window.open(url) === null,
      )
    })
    expect(result).toEqual([true, true, true, true])
    await desk.window.waitForTimeout(300)
    const count = await desk.app.evaluate(
      ({ webContents }) => webContents.getAllWebContents().length,
    )
    expect(count).toBe(1)
    expect(desk.window.frames().filter((frame) => frame.url().includes('evil.test'))).toEqual([])
  })

  test('fetch anything', async () => {
    const reached = await requestsDuring(async () => {
      const failed = await desk.window.evaluate(async () => {
        const image = (src: string): Promise<unknown> =>
          new Promise((done, failed) => {
            const element = new Image()
            element.onload = done
            element.onerror = failed
            element.src = src
          })
        const tries = [
          () => fetch('https://evil.test/'),
          () => fetch('http://127.0.0.1:9/'),
          () => fetch('app://copydesk/page.js'),
          () => fetch('mail://copydesk/plain/'),
          () => fetch('file:///etc/passwd'),
          () => image('https://evil.test/pixel.png'),
          () => import(['https://evil.test', 'module.js'].join('/')),
          () =>
            new Promise((done, failed) => {
              const socket = new WebSocket('wss://evil.test/')
              socket.onopen = done
              socket.onerror = failed
            }),
        ]
        const ends = await Promise.allSettled(tries.map(async (attempt) => attempt()))
        return ends.map(({ status }) => status)
      })
      expect(new Set(failed)).toEqual(new Set(['rejected']))
    })
    expect(reached.filter((url) => !url.startsWith('app:') && !url.startsWith('mail:'))).toEqual([])
  })

  test('fetch anything even where the policy would allow it', async () => {
    const code = await desk.app.evaluate(async ({ session }) => {
      const get = session.defaultSession as unknown as { fetch: typeof fetch }
      return get.fetch('https://evil.test/').then(
        ({ status }) => String(status),
        (error: unknown) => String(error),
      )
    })
    expect(code).toMatch(/ERR_BLOCKED_BY_CLIENT/)
  })

  test('run text as code or write HTML', async () => {
    const ends = await desk.window.evaluate(() => {
      const tries = [
        // eslint-disable-next-line @typescript-eslint/no-implied-eval -- that it fails is the test
        () => new Function('return 1')() as unknown,
        () => (0, eval)('1') as unknown,
        () => {
          Reflect.set(document.createElement('div'), 'innerHTML', '<b>x</b>')
          throw new Error('html was taken')
        },
        () => {
          const script = document.createElement('script')
          Reflect.set(script, 'text', 'window.ran = true')
          throw new Error('script was taken')
        },
      ]
      const ends = tries.map(async (attempt) => {
        // Later, because the evaluation that carries this test here is exempt from the policy.
        await new Promise((done) => setTimeout(done))
        try {
          return String(attempt())
        } catch (error) {
          return String(error)
        }
      })
      return Promise.all(ends)
    })
    for (const end of ends) expect(end).toMatch(/EvalError|TrustedHTML|TrustedScript|Refused/)
  })

  test('get a permission', async () => {
    const states = await desk.window.evaluate(async () => {
      const names = [
        'geolocation',
        'camera',
        'microphone',
        'midi',
        'clipboard-read',
        'persistent-storage',
      ]
      const states = names.map(async (name) => {
        const asked = await navigator.permissions.query({ name: name as PermissionName })
        return `${name} ${asked.state}`
      })
      const media = navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'media granted',
        () => 'media denied',
      )
      const screen = navigator.mediaDevices.getDisplayMedia({ video: true }).then(
        () => 'screen granted',
        () => 'screen denied',
      )
      return Promise.all([...states, media, screen])
    })
    expect(states.filter((state) => !state.endsWith('denied'))).toEqual([])
  })

  test('download', async () => {
    const began = await desk.app.evaluate(({ session, webContents }) => {
      return new Promise<string>((done) => {
        session.defaultSession.once('will-download', (event) => {
          done(event.defaultPrevented ? 'refused' : 'began')
        })
        webContents.getAllWebContents()[0]?.downloadURL('app://copydesk/page.js')
        setTimeout(() => done('no download'), 2_000)
      })
    })
    expect(began).not.toBe('began')
  })
})

test.describe('a hostile mail', () => {
  test('runs no script and reaches nothing', async () => {
    const before = desk.window.url()
    const reached = await requestsDuring(() => show('hostile'))
    expect(reached.filter((url) => /evil|127\.0\.0\.1|^file|^app/.test(url))).toEqual([])
    expect(reached.filter((url) => url.includes('/part/other'))).toEqual([])
    const frame = desk.window.frames().find((one) => one.url().startsWith('mail:'))
    const state = await frame?.evaluate(() => ({
      ran: document.documentElement.getAttribute('ran'),
      text: document.body.textContent === 'RAN',
      origin: globalThis.origin,
      url: location.href,
      bridge: 'copydesk' in globalThis,
    }))
    expect(state).toEqual({
      ran: null,
      text: false,
      origin: 'null',
      url: 'mail://copydesk/hostile/',
      bridge: false,
    })
    expect(desk.window.url()).toBe(before)
  })

  test('shows its own inline image and nobody else’s', async () => {
    await desk.app.evaluate(() => globalThis.standIn.served.splice(0))
    await show('image')
    const frame = desk.window.frames().find((one) => one.url().includes('/image/'))
    const sizes = await frame?.evaluate(() =>
      ['own', 'svg', 'other'].map((id) => {
        const image = document.getElementById(id)
        return image instanceof HTMLImageElement ? image.naturalWidth : -1
      }),
    )
    expect(sizes).toEqual([1, 0, 0])
    const served = await desk.app.evaluate(() => globalThis.standIn.served)
    expect(served.sort()).toEqual(['image', 'image/one', 'image/svg'])
  })

  test('sends a click on a link to the browser if it is a plain link, and stays', async () => {
    await show('links')
    await opened()
    const box = await frameCorner()
    const got: Record<string, string[]> = {}
    for (const [index, [id]] of links.entries()) {
      // Longer than the pause between two links.
      await desk.window.waitForTimeout(600)
      await desk.window.mouse.click(box.x + 10, box.y + index * 24 + 12)
      await desk.window.waitForTimeout(300)
      got[id] = await opened()
    }
    expect(got).toEqual({
      plain: ['https://plain.test/a?b=1'],
      blank: ['https://blank.test/'],
      top: [],
      parent: [],
      mailto: ['mailto:ana@desk.test?subject=Hi'],
      file: [],
      smb: [],
      scheme: [],
      javascript: [],
      data: [],
      otherMail: [],
      download: ['https://download.test/'],
      ping: ['https://ping.test/'],
    })
    expect(desk.window.frames().map((frame) => frame.url())).toEqual([
      'app://copydesk/',
      'mail://copydesk/links/',
    ])
  })

  test('opens links by middle, control and shift click as well, but no storm of them', async () => {
    await show('links')
    const box = await frameCorner()
    const at = [box.x + 10, box.y + 12] as const
    await opened()
    for (const key of ['Control', 'Shift', 'middle']) {
      await desk.window.waitForTimeout(600)
      if (key === 'middle') await desk.window.mouse.click(...at, { button: 'middle' })
      else {
        await desk.window.keyboard.down(key)
        await desk.window.mouse.click(...at)
        await desk.window.keyboard.up(key)
      }
      await desk.window.waitForTimeout(200)
      expect(await opened(), key).toEqual(['https://plain.test/a?b=1'])
    }
    await desk.window.waitForTimeout(600)
    await desk.window.mouse.click(...at)
    await desk.window.mouse.click(...at)
    await desk.window.waitForTimeout(300)
    expect(await opened()).toHaveLength(1)
  })

  test('cannot go elsewhere by a link that names its own frame', async () => {
    const reached = await requestsDuring(async () => {
      await show('selfTarget')
      const box = await frameCorner()
      await desk.window.mouse.click(box.x + 10, box.y + 10)
    })
    expect(reached.filter((url) => url.includes('self.test'))).toEqual([])
    expect(desk.window.url()).toBe('app://copydesk/')
  })

  test('gets no answer when its frame asks the app', async () => {
    await show('plain')
    const answers = await desk.app.evaluate(async ({ ipcMain, webContents }) => {
      type Handler = (event: unknown, ...input: unknown[]) => unknown
      const inside = ipcMain as unknown as { _invokeHandlers: Map<string, Handler> }
      const handler = inside._invokeHandlers.get('copydesk:call')
      const contents = webContents.getAllWebContents()[0]
      const main = contents?.mainFrame
      const before = globalThis.standIn.calls.length
      const ask = (sender: unknown, senderFrame: unknown): unknown =>
        handler?.({ sender, senderFrame, frameId: 1, processId: 1 }, 'tickets.counts', undefined)
      const answers = [
        await ask(contents, main?.frames[0]),
        await ask(contents, null),
        await ask({}, main),
      ]
      return {
        answers,
        asked: globalThis.standIn.calls.length - before,
        hasFrame: main?.frames.length,
      }
    })
    expect(answers.hasFrame).toBe(1)
    expect(answers.asked).toBe(0)
    for (const answer of answers.answers) expect(answer).toMatchObject({ ok: false })
  })
})

test.describe('a mail frame', () => {
  test('is measured without running anything in it', async () => {
    await show('tall', 600, 50)
    expect(await heightOf('tall')).toBe(1234)
    const refusal = await desk.app.evaluate(async ({ webContents }) => {
      const frame = webContents.getAllWebContents()[0]?.mainFrame.frames[0]
      const run = frame?.executeJavaScript('1').then(
        () => 'ran',
        () => 'refused',
      )
      return Promise.race([run, new Promise((done) => setTimeout(() => done('silence'), 1_000))])
    })
    expect(refusal).not.toBe('ran')
  })

  test('is measured whether too tall, wide, zoomed, or sized by its own frame', async () => {
    await show('short', 600, 700)
    expect(await heightOf('short')).toBe(41)
    await show('wide', 600, 20)
    expect(await heightOf('wide')).toBe(50 + 16)
    await show('greedy', 600, 300)
    expect(await heightOf('greedy')).toBeLessThan(150)
    await desk.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents()[0]?.setZoomFactor(1.5),
    )
    await show('tall', 600, 50)
    expect(await heightOf('tall')).toBe(1234)
    await desk.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents()[0]?.setZoomFactor(1),
    )
  })

  test('is measured as it will be shown, at any width', async () => {
    for (const width of [320, 601, 1000]) {
      await show('text', width, 10)
      const frame = desk.window.frames().find((one) => one.url().includes('/text/'))
      const measured = await heightOf('text')
      await desk.window.evaluate((height) => {
        const shown = document.querySelector('iframe')
        if (shown) shown.style.height = `${height}px`
      }, measured)
      await desk.window.waitForTimeout(200)
      const { content, view } = (await frame?.evaluate(() => ({
        content: document.documentElement.scrollHeight,
        view: document.documentElement.clientHeight,
      }))) ?? { content: 0, view: 1 }
      expect([content, view], `at ${width}`).toEqual([measured, measured])
    }
  })

  test('that is not shown has no height', async () => {
    await show('plain')
    expect(await heightOf('nowhere')).toBe(0)
  })

  test('shares one process with all other mails', async () => {
    await desk.window.evaluate(async () => {
      const main = document.getElementById('main')
      const frames = Array.from({ length: 20 }, (_, n) => {
        const frame = document.createElement('iframe')
        frame.setAttribute('sandbox', 'allow-popups')
        frame.src = `mail://copydesk/${n % 2 === 0 ? 'plain' : 'tall'}/`
        return frame
      })
      const loaded = frames.map(
        (frame) => new Promise((done) => frame.addEventListener('load', done)),
      )
      main?.replaceChildren(...frames)
      await Promise.all(loaded)
    })
    const pages = await desk.app.evaluate(
      ({ app }) => app.getAppMetrics().filter(({ type }) => type === 'Tab').length,
    )
    // The page, all mails, and the hidden window that measures.
    expect(pages).toBeLessThanOrEqual(3)
  })

  test('follows the theme only where the mail sets no colours itself', async () => {
    const look = async (mailId: string, theme: 'dark' | 'light'): Promise<string[]> => {
      await desk.app.evaluate(({ nativeTheme }, source) => {
        nativeTheme.themeSource = source
      }, theme)
      await show(mailId)
      const frame = desk.window.frames().find((one) => one.url().includes(`/${mailId}/`))
      return (
        (await frame?.evaluate(() => [
          getComputedStyle(document.body).color,
          getComputedStyle(document.documentElement).backgroundColor,
        ])) ?? []
      )
    }
    expect(await look('plain', 'dark')).toEqual(['rgb(227, 227, 230)', 'rgba(0, 0, 0, 0)'])
    expect(await look('coloured', 'dark')).toEqual(['rgb(31, 35, 40)', 'rgb(255, 255, 255)'])
    expect(await look('plain', 'light')).toEqual(['rgb(31, 35, 40)', 'rgba(0, 0, 0, 0)'])
  })
})

test.describe('a hidden window', () => {
  test('is walled in like the one that people see, and gets nothing and nowhere either', async () => {
    await show('tall')
    await heightOf('tall')
    await desk.app.evaluate(async () => {
      await globalThis.clean('<p>Hello</p>')
      await globalThis.clean(`<p>${'x'.repeat(300_001)}</p>`)
    })
    const found = await desk.app.evaluate(async ({ webContents }) => {
      type WithPreferences = { getLastWebPreferences: () => Record<string, unknown> }
      const probe = `(async () => ({
        node: ['require', 'process', 'module', 'copydesk'].filter((name) => name in globalThis),
        opened: window.open('https://evil.test/') !== null,
        fetched: await fetch('https://evil.test/').then(() => true, () => false),
        granted: await navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state, () => 'denied'),
      }))()`
      const own = webContents.getAllWebContents().filter((one) => !one.getURL().startsWith('app:'))
      return Promise.all(
        own.map(async (contents) => {
          const settings = (contents as unknown as WithPreferences).getLastWebPreferences()
          const before = contents.getURL()
          const did: unknown =
            settings.javascript === false ? null : await contents.executeJavaScript(probe)
          void contents.executeJavaScript("location.assign('https://evil.test/')").catch(() => null)
          await new Promise((done) => setTimeout(done, 300))
          return { settings, did, hasStayed: contents.getURL() === before }
        }),
      )
    })
    // One measures, one purifies, one purifies what is large.
    expect(found).toHaveLength(3)
    for (const { settings, did, hasStayed } of found) {
      expect(settings).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
      })
      expect([settings.preload, settings.webviewTag ?? false]).toEqual([undefined, false])
      expect(did ?? {}).toEqual(
        did === null ? {} : { node: [], opened: false, fetched: false, granted: 'denied' },
      )
      expect(hasStayed).toBe(true)
    }
  })
})

test.describe('the machine', () => {
  test('waking up wakes the app', async () => {
    const wakes = await desk.app.evaluate(({ powerMonitor }) => {
      const before = globalThis.standIn.wakes
      powerMonitor.emit('resume')
      powerMonitor.emit('unlock-screen')
      return globalThis.standIn.wakes - before
    })
    expect(wakes).toBe(2)
  })

  test('opens an attachment from a private file, a risky one only after a question', async () => {
    await desk.app.evaluate(({ dialog, shell }) => {
      const asked: string[] = []
      const paths: string[] = []
      const desktop = { asked, paths, choice: 0 }
      Object.assign(globalThis, { desktop })
      dialog.showMessageBox = (...given: unknown[]) => {
        asked.push((given.at(-1) as { message: string }).message)
        return Promise.resolve({ response: desktop.choice, checkboxChecked: false })
      }
      shell.openPath = (path) => {
        paths.push(path)
        return Promise.resolve(path.endsWith('.odd') ? 'no program' : '')
      }
    })
    const choose = (choice: number): Promise<void> =>
      desk.app.evaluate((_electron, chosen) => {
        globalThis.desktop.choice = chosen
      }, choice)
    const open = (id: string): Promise<Envelope> => call('attachments.open', { id })

    expect((await open('../../notes.txt')).ok).toBe(true)
    expect((await open('invoice.pdf.exe')).ok).toBe(true)
    await choose(1)
    expect((await open('page.html')).ok).toBe(true)
    expect(await open('strange.odd')).toMatchObject({ ok: false, error: { code: 'refused' } })
    const { asked, paths } = await desk.app.evaluate(() => globalThis.desktop)
    expect(asked).toEqual(['Open “invoice.pdf.exe”?', 'Open “page.html”?'])
    expect(paths.map((path) => path.split('/').at(-1))).toEqual([
      '_.._notes.txt',
      'page.html',
      'strange.odd',
    ])
    for (const path of paths) {
      expect(statSync(path).mode & 0o777).toBe(0o400)
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    }
    openedFiles = paths
  })

  test('saves an attachment where the person says, or not at all', async () => {
    const target = join(folder, 'saved.png')
    const save = async (filePath: string): Promise<Envelope> => {
      await desk.app.evaluate(({ dialog }, path) => {
        dialog.showSaveDialog = () =>
          Promise.resolve({
            canceled: path === '',
            filePath: path,
          })
      }, filePath)
      return call('attachments.save', { id: 'picture.png' })
    }
    expect(await save('')).toEqual({ ok: true, value: { isSaved: false } })
    expect(await save(target)).toEqual({ ok: true, value: { isSaved: true } })
    expect(readFileSync(target).subarray(1, 4).toString()).toBe('PNG')
    expect(await save(join(folder, 'no', 'such', 'folder'))).toMatchObject({
      ok: false,
      error: { code: 'refused' },
    })
  })

  test('has a log that only its owner can read', () => {
    const log = join(folder, 'profile', 'logs', 'copydesk.log')
    expect(statSync(log).mode & 0o777).toBe(0o600)
  })
})

interface Ended {
  readonly code: number | null
  readonly output: string
}

function run(profile: string, env: Record<string, string> = {}): Promise<Ended> {
  const { path, args } = electronCommand(profile, appFolder)
  return new Promise((done, failed) => {
    const child = spawn(path, args, { env: electronEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const limit = setTimeout(() => child.kill('SIGKILL'), 30_000)
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', failed)
    child.on('exit', (code) => {
      clearTimeout(limit)
      done({ code, output })
    })
  })
}

test.describe('an instance', () => {
  test('that is the second on its profile ends and brings the first to the front', async () => {
    await desk.app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows().find((one) => one.isVisible())
      Object.assign(globalThis, { focused: 0 })
      const focus = window?.focus.bind(window)
      if (window) {
        window.focus = () => {
          Object.assign(globalThis, { focused: 1 })
          focus?.()
        }
      }
    })
    const { code } = await run(join(folder, 'profile'))
    expect(code).toBe(0)
    await expect
      .poll(() => desk.app.evaluate(() => (globalThis as unknown as { focused: number }).focused))
      .toBe(1)
    expect(
      await desk.app.evaluate(
        ({ BrowserWindow }) =>
          BrowserWindow.getAllWindows().filter((one) => one.isVisible()).length,
      ),
    ).toBe(1)
  })

  test('on another profile runs beside it', async () => {
    const other = await start({ profile: join(folder, 'other') })
    expect(await other.window.title()).toBe('Stand-in')
    await other.close()
  })

  test('that cannot use its profile says why in one sentence and ends with 1', async () => {
    const { code, output } = await run(join(folder, 'taken'), { STAND_IN_FAILS: 'expected' })
    expect(output).toContain('is in use by another Copydesk.')
    expect(code).toBe(1)
  })

  test('that fails by a bug points to its log and ends with 1', async () => {
    const { code, output } = await run(join(folder, 'bug'), { STAND_IN_FAILS: 'bug' })
    const log = join(folder, 'bug', 'logs', 'copydesk.log')
    expect(output).toContain(log)
    expect(output).not.toContain('undefined is not a desk')
    expect(readFileSync(log, 'utf8')).toContain('undefined is not a desk')
    expect(code).toBe(1)
  })

  test('remembers its window and quits although the app does not stop', async () => {
    const profile = join(folder, 'slow')
    const first = await start({ profile, env: { STAND_IN_HANGS: '1' } })
    await first.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 30, y: 40, width: 900, height: 600 })
    })
    await first.window.waitForTimeout(500)
    await first.close()
    const stored = JSON.parse(readFileSync(join(profile, 'window.json'), 'utf8')) as {
      box: { width: number; height: number }
    }
    expect(stored.box).toMatchObject({ width: 900, height: 600 })
    const second = await start({ profile })
    const bounds = await second.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
    )
    expect(bounds).toMatchObject({ width: 900, height: 600 })
    await second.close()
  })
})

test.describe('the built app', () => {
  test('shows its own page under its own policy without a complaint, and quits', async () => {
    const profile = join(folder, 'real')
    const real = await launchApp({ profile })
    try {
      await expect(real.window.locator('body')).toContainText(/\S/)
      await real.window.waitForTimeout(1_000)
      expect(await real.window.evaluate(() => Object.keys(window.copydesk).sort())).toEqual([
        'call',
        'subscribe',
      ])
      expect(real.window.url()).toMatch(/^app:\/\/copydesk\//)
      const session = await real.window.evaluate(() =>
        window.copydesk.call('session.get', undefined),
      )
      expect(session).toMatchObject({ ok: true, value: { isSetUp: false } })
      // zod asks on load whether text may become code, and takes no for an answer.
      const probe = "This document requires 'TrustedScript' assignment."
      expect(real.problems.consoleErrors.filter((error) => error !== probe)).toEqual([])
      expect(real.problems.failedRequests).toEqual([])
      expect(statSync(profile).mode & 0o077).toBe(0)
    } finally {
      await real.close()
    }
  })

  test('shows a stranger’s HTML mail sanitised, whole, with its own pictures and no others', async () => {
    const server = await startMailServer()
    const support = 'support@desk.test'
    const real = await launchApp({ profile: join(folder, 'mail') })
    try {
      const account = {
        address: support,
        imap: server.imapSettings(support),
        smtp: server.smtpSettings(support),
      }
      const agent = { name: 'Ada', address: 'ada@desk.test' }
      const saved = await real.window.evaluate(
        (input) => window.copydesk.call('setup.save', input),
        { account, agent },
      )
      expect(saved).toMatchObject({ ok: true })
      await real.window.reload()
      await server.deliver(htmlMail(support), { from: 'carol@customer.test', to: [support] })
      await real.window.getByText('A mail to look at').first().click({ timeout: 30_000 })

      await expect(real.window.locator('iframe')).toBeVisible()
      await expect(real.window.getByText('Remote content blocked')).toBeVisible()
      const frame = (): Frame | undefined =>
        real.window.frames().find((one) => one.url().startsWith('mail:'))
      await expect.poll(() => frame()?.url() ?? '').toMatch(/^mail:\/\/copydesk\/[a-z0-9]+\/$/)
      const look = (): Promise<unknown> | undefined =>
        frame()?.evaluate(() => ({
          hasText: document.body.innerText.includes('The last line.'),
          pictures: [...document.images].map((image) => image.naturalWidth),
          dangers: document.querySelectorAll(
            'script,iframe,object,embed,form,meta[http-equiv],link,svg,[onerror],[onload]',
          ).length,
          ran: document.documentElement.getAttribute('ran'),
          isWhole: document.documentElement.scrollHeight <= document.documentElement.clientHeight,
        }))
      await expect.poll(look).toMatchObject({
        hasText: true,
        dangers: 0,
        ran: null,
        isWhole: true,
      })
      const { pictures } = (await look()) as { pictures: number[] }
      expect(pictures.filter((width) => width > 0)).toEqual([1])
      expect(real.problems.failedRequests).toEqual([])
    } finally {
      await real.close()
      await server.stop()
    }
  })
})

function htmlMail(to: string): string {
  const filler = '<p>A line of the mail.</p>'.repeat(60)
  // The hostile part last: what it leaves open takes all that follows with it, as it should.
  const html = `<img src="cid:pixel@x">${filler}<p>The last line.</p>${mails.hostile ?? ''}`
  return [
    'From: Carol <carol@customer.test>',
    `To: ${to}`,
    'Subject: A mail to look at',
    'Message-ID: <html-mail-1@customer.test>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/related; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--b',
    'Content-Type: image/png; name=p.png',
    'Content-ID: <pixel@x>',
    'Content-Disposition: inline; filename=p.png',
    'Content-Transfer-Encoding: base64',
    '',
    onePixel.toString('base64'),
    '--b--',
    '',
  ].join('\r\n')
}
