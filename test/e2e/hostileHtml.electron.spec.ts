// Public XSS payloads, thousands of mutations of them and real mail against each wall around a mail by itself: the
// sanitisers (in a page where scripts may run and nothing is blocked), and the frame with its policy (around mail that
// nobody has sanitised, with the guards of the app taken away). 0 scripts, 0 requests, 0 navigations.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { parseMail } from '#main/mail/parse'
import { readCorpora } from '#support/corpora'
import { buildStandIn } from '#support/electron/buildStandIn'
import { mails } from '#support/electron/hostileMails'
import { launchApp, type Launched } from '#support/electron/launchApp'

declare global {
  var clean: (html: string) => Promise<string>
  var broughtMails: Record<string, string>
}

interface Trap {
  readonly ran: number
  readonly requests: string[]
  readonly navigations: string[]
}

const corpus = resolve('../shared/corpora/git-dompurify/xss-payloads.json')
const mutationCount = Number(process.env.HOSTILE_MUTATIONS ?? 2_000)
const seed = Number(process.env.HOSTILE_SEED ?? 20_261_125)

function payloads(): string[] {
  const own = Object.values(mails).flatMap((html) => html.split('\n'))
  if (!existsSync(corpus)) return own
  const listed = JSON.parse(readFileSync(corpus, 'utf8')) as { payload: string }[]
  return [...listed.map(({ payload }) => payload), ...own]
}

/** What real mail looks like, in the public collections: with its trackers, remote pictures and broken markup. */
function realMails(): string[] {
  const found = readCorpora().flatMap(({ raw }) => parseMail(raw).html ?? [])
  return [...new Set(found.map((html) => html.slice(0, 60_000)))]
}

/** Mulberry32: the same mutations for the same seed. */
function random(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const pieces = [
  ...[
    '<svg>',
    '<math>',
    '<style>',
    '</style>',
    '<!--',
    '-->',
    '<template>',
    '<noscript>',
    '<table>',
  ],
  ...[
    '<mtext>',
    '<mglyph>',
    '<foreignObject>',
    '<desc>',
    '<title>',
    '</title>',
    '<xmp>',
    '<select>',
  ],
  ...['\0', '\u00a0', '&lt;', '&#x6a;', '`', '"', "'", '>', '<', '/', ' onerror=alert(1) '],
  ...['<img src=x onerror=alert(1)>', '<base href=https://evil.test/>', '<iframe srcdoc="'],
  ...['<a href=javascript:alert(1)>', 'xlink:href=', '<form><form>', '<p style="background:url('],
]

function mutate(all: readonly string[], next: () => number): string {
  const below = (n: number): number => Math.floor(next() * n)
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T
  let html = one(all)
  for (let n = 1 + below(4); n > 0; n -= 1) {
    const at = below(html.length + 1)
    const to = Math.min(html.length, at + below(12))
    const other = one(all)
    const ways = [
      () => html.slice(0, at) + one(pieces) + html.slice(at),
      () => html.slice(0, at) + html.slice(to),
      () => html.slice(0, at) + html.slice(at, to).toUpperCase() + html.slice(to),
      () => html.slice(0, at) + other.slice(below(other.length + 1)),
      () => html.slice(0, to) + html.slice(at),
      () => one(pieces) + html,
    ]
    html = one(ways)()
  }
  return html
}

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, n) =>
    list.slice(n * size, (n + 1) * size),
  )

const known = payloads()
const next = random(seed)
const real = realMails()
const all = [...known, ...Array.from({ length: mutationCount }, () => mutate(known, next))]
let folder: string
let desk: Launched

test.setTimeout(300_000)

test.beforeAll(async () => {
  process.stdout.write(
    `${String(known.length)} payloads, ${String(mutationCount)} mutations, ${String(real.length)} real mails, seed ${String(seed)}\n`,
  )
  folder = mkdtempSync(join(tmpdir(), 'copydesk-hostile-'))
  const appFolder = await buildStandIn(join(folder, 'app'))
  desk = await launchApp({ profile: join(folder, 'profile'), appFolder })
})

test.afterAll(async () => {
  await desk.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Shows these in a page without any wall, and says what happened. */
function inTrap(html: readonly string[]): Promise<Trap> {
  return desk.app.evaluate(async ({ BrowserWindow, session, app }, parts) => {
    const requests: string[] = []
    const navigations: string[] = []
    const open = session.fromPartition(`trap-${String(Math.random())}`)
    open.webRequest.onBeforeRequest(({ url }, decide) => {
      const isOwn = /^(?:data|about|blob|devtools|chrome):/.test(url)
      if (!isOwn) requests.push(url)
      decide({ cancel: !isOwn })
    })
    // The guard of the app would stop a navigation before the trap could tell of it.
    const guards = app.listeners('web-contents-created')
    app.removeAllListeners('web-contents-created')
    const window = new BrowserWindow({ show: false, webPreferences: { session: open } })
    for (const guard of guards) app.on('web-contents-created', guard as () => void)
    const { webContents } = window
    webContents.setWindowOpenHandler(({ url }) => {
      navigations.push(url)
      return { action: 'deny' }
    })
    await window.loadURL('about:blank')
    webContents.on('will-navigate', (event, url) => {
      navigations.push(url)
      event.preventDefault()
    })
    const code = `(async () => {
      window.ran = 0
      const run = () => { window.ran += 1 }
      for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = run
      const parts = ${JSON.stringify(parts)}
      for (const part of parts) {
        const box = document.createElement('div')
        document.body.append(box)
        box.innerHTML = part
      }
      const shown = new DOMParser().parseFromString(parts.join('\\n'), 'text/html')
      document.documentElement.append(document.importNode(shown.body, true))
      for (const node of document.querySelectorAll('[autofocus],details,a,button')) node.focus?.()
      await new Promise((done) => setTimeout(done, 150))
      return window.ran
    })()`
    const ran = Number(await webContents.executeJavaScript(code).catch(() => 1))
    window.destroy()
    return { ran, requests, navigations }
  }, html)
}

const sum = (traps: readonly Trap[]) => ({
  ran: traps.reduce((n, { ran }) => n + ran, 0),
  requests: traps.flatMap(({ requests }) => requests),
  navigations: traps.flatMap(({ navigations }) => navigations),
})

test('the trap sees scripts and requests of mail that nobody has sanitised', async () => {
  const { ran, requests } = await inTrap([
    '<img src=x onerror="alert(1)">',
    '<img src="https://evil.test/pixel.png">',
  ])
  expect(ran).toBeGreaterThan(0)
  expect(requests).toContain('https://evil.test/pixel.png')
})

test('what the sanitisers leave runs nothing, asks for nothing and goes nowhere', async () => {
  const traps: Trap[] = []
  for (const some of chunks([...all, ...real], 150)) {
    const clean = await desk.app.evaluate(
      (_electron, list) => Promise.all(list.map((html) => globalThis.clean(html))),
      some,
    )
    traps.push(await inTrap(clean))
  }
  expect(sum(traps)).toEqual({ ran: 0, requests: [], navigations: [] })
})

/** Takes the app's own guards away: what a frame gets through is noted, and ends here. */
function watchFrames(): Promise<void> {
  return desk.app.evaluate(({ session, BrowserWindow }) => {
    const made: string[] = []
    Object.assign(globalThis, { made })
    const isOwn = (url: string): boolean => /^(?:mail|app):\/\/copydesk\//.test(url)
    session.defaultSession.webRequest.onBeforeRequest(({ url }, decide) => {
      made.push(url)
      decide({ cancel: !isOwn(url) })
    })
    // The cleaner has a window too, and a new one whenever it had to be ended.
    const contents = BrowserWindow.getAllWindows().find(
      (one) => one.webContents.getURL() === 'app://copydesk/',
    )?.webContents
    if (contents === undefined) throw new Error('the window is gone')
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      contents.removeAllListeners(name)
    }
    contents.on('will-frame-navigate', (event) => {
      made.push(event.url)
      if (!isOwn(event.url)) event.preventDefault()
    })
    contents.on('did-frame-navigate', (_event, url: string) => made.push(url))
    contents.setWindowOpenHandler(({ url }) => {
      made.push(`opened ${url}`)
      return { action: 'deny' }
    })
  })
}

const madeOutside = async (): Promise<string[]> => {
  const made = await desk.app.evaluate(() => (globalThis as unknown as { made: string[] }).made)
  // A mail's picture may name another part of the same mail: that stays in the app.
  const isOwn = (url: string): boolean => /^(?:(?:mail|app):\/\/copydesk\/|about:)/.test(url)
  return made.filter((url) => !isOwn(url))
}

/** `restMs`: how long they stay once all have loaded. */
function showAll(names: readonly string[], sandbox: string | null, restMs = 200): Promise<number> {
  return desk.window.evaluate(
    async ([ids, walls, rest]) => {
      const main = document.getElementById('main')
      let count = 0
      const loaded = ids.map(
        (name) =>
          new Promise((done) => {
            const frame = document.createElement('iframe')
            if (walls !== null) frame.setAttribute('sandbox', walls)
            frame.addEventListener('load', () => done((count += 1)), { once: true })
            frame.src = `mail://copydesk/${name}/`
            main?.append(frame)
          }),
      )
      await Promise.race([Promise.all(loaded), new Promise((done) => setTimeout(done, 30_000))])
      await new Promise((done) => setTimeout(done, rest))
      main?.replaceChildren()
      return count
    },
    [names, sandbox, restMs] as const,
  )
}

const bring = (mails: Readonly<Record<string, string>>): Promise<void> =>
  desk.app.evaluate((_electron, brought) => {
    Object.assign(globalThis.broughtMails, brought)
  }, mails)

/** Where a script can run at all, this one does: that of a real mail would keep silent. */
const canary =
  '<script>console.log("RAN script")</script><img src="x:" onerror="console.log(\'RAN handler\')">'

/** What the page and its frames say, without the refusals, which quote what they refuse. */
function listen(): string[] {
  const said: string[] = []
  desk.window.on('console', (message) => {
    if (!message.text().startsWith('Refused to ')) said.push(message.text())
  })
  desk.window.on('dialog', (dialog) => {
    said.push('RAN dialog')
    void dialog.dismiss()
  })
  return said
}

test('sandbox and policy alone hold mail that nobody has sanitised, payloads and real mail', async () => {
  test.setTimeout(900_000)
  const said = listen()
  await watchFrames()
  const raw = [...all, ...real.map((html) => html + canary)]
  let shown = 0
  for (const [at, some] of chunks(raw, 100).entries()) {
    const ids = some.map((_, n) => `brought-${String(at)}-${String(n)}`)
    await bring(Object.fromEntries(some.map((html, n) => [ids[n] ?? '', html])))
    shown += await showAll(ids, 'allow-popups')
  }
  expect(await madeOutside()).toEqual([])
  expect(said.filter((text) => /RAN|Ignored call to '/.test(text))).toEqual([])
  expect(desk.window.url()).toBe('app://copydesk/')
  expect(shown).toBe(raw.length)
})

/** Puts the frame of a brought mail on top of the page, 300 by 150, and waits until it has loaded. */
async function showFrame(id: string, html: string): Promise<void> {
  await bring({ [id]: html })
  await desk.window.evaluate(async (name) => {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-popups')
    Object.assign(frame.style, { position: 'fixed', left: '0', top: '0', border: '0' })
    Object.assign(frame.style, { width: '300px', height: '150px' })
    const loaded = new Promise((done) => frame.addEventListener('load', done, { once: true }))
    frame.src = `mail://copydesk/${name}/`
    document.body.append(frame)
    await loaded
  }, id)
}

test('a mail paints nothing outside its frame and takes no click there', async () => {
  const cover = `<style>html, body, div { position: fixed !important; inset: -3000px !important;
      width: 9000px !important; height: 9000px !important; z-index: 2147483647 !important;
      background: red !important; opacity: 1; transform: scale(9); box-shadow: 0 0 0 9000px red }</style>
    <div popover="manual" style="outline: 9000px solid red"><button autofocus>Send</button></div>`
  const beside = { x: 304, y: 0, width: 300, height: 300 }
  const before = await desk.window.screenshot({ clip: beside })
  await showFrame('cover', cover)
  const inside = await desk.window.screenshot({ clip: { x: 20, y: 20, width: 40, height: 40 } })
  const empty = await desk.window.screenshot({ clip: { x: 320, y: 20, width: 40, height: 40 } })
  expect(inside.equals(empty)).toBe(false)
  expect((await desk.window.screenshot({ clip: beside })).equals(before)).toBe(true)
  const hit = (point: { x: number; y: number }): Promise<string | undefined> =>
    desk.window.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.tagName, point)
  expect(await hit({ x: 299, y: 149 })).toBe('IFRAME')
  for (const [x, y] of [
    [301, 75],
    [150, 151],
    [600, 300],
  ] as const) {
    expect(await hit({ x, y })).not.toBe('IFRAME')
  }
})

test('a mail of 200,000 elements is cut, and neither the window nor another mail waits for it', async () => {
  const shown = desk.app.evaluate(async () => {
    const start = Date.now()
    const text = await globalThis.clean('<b>x</b> '.repeat(200_000))
    return { text, ms: Date.now() - start }
  })
  const other = desk.app.evaluate(async () => {
    const start = Date.now()
    await globalThis.clean('<p>Hello</p>')
    return Date.now() - start
  })
  // How long the window waits for an answer of main meanwhile.
  const pause = desk.window.evaluate(async () => {
    let longest = 0
    const end = Date.now() + 3_000
    while (Date.now() < end) {
      const start = Date.now()
      await window.copydesk.call('session.get', undefined)
      longest = Math.max(longest, Date.now() - start)
      await new Promise((done) => setTimeout(done, 10))
    }
    return longest
  })
  const { text, ms } = await shown
  await showFrame('heavy', text)
  const frame = desk.window.frames().find((one) => one.url().endsWith('/heavy/'))
  expect(await frame?.evaluate(() => document.querySelectorAll('b').length)).toBe(10_000)
  const waits = { ms, other: await other, pause: await pause }
  process.stdout.write(`cleaned in ${String(ms)} ms; waits: ${JSON.stringify(waits)}\n`)
  expect(ms).toBeLessThan(5_000)
  expect(waits.other).toBeLessThan(5_000)
  expect(waits.pause).toBeLessThan(2_000)
})

test('each of the two walls holds by itself, and without both a frame is seen to do it all', async () => {
  const said = listen()
  await watchFrames()
  const html = `${canary}<img src="https://evil.test/pixel.png"><meta http-equiv="refresh" content="0;url=mail://elsewhere/away">`
  await bring({ walled: html })
  const restMs = 9_000
  await showAll(['walled'], null, restMs)
  expect([said.filter((text) => text.startsWith('RAN')), await madeOutside()]).toEqual([[], []])
  await desk.app.evaluate(({ session }, body) => {
    const { protocol } = session.defaultSession
    protocol.unhandle('mail')
    const headers = { 'content-type': 'text/html' }
    protocol.handle('mail', () => new Response(body, { headers }))
  }, html)
  await showAll(['sandboxed'], 'allow-popups', restMs)
  expect(said.filter((text) => text.startsWith('RAN'))).toEqual([])
  const from = Date.now()
  const bare = showAll(['bare'], null, 2 * restMs)
  await expect
    .poll(madeOutside, { timeout: 2 * restMs })
    .toEqual(expect.arrayContaining(['https://evil.test/pixel.png', 'mail://elsewhere/away']))
  process.stdout.write(`the refresh of a bare frame came after ${String(Date.now() - from)} ms\n`)
  await bare
  expect(said).toEqual(expect.arrayContaining(['RAN script', 'RAN handler']))
})
