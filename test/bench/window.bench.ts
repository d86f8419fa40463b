// What an agent's hands feel in a real window over 100,000 tickets: each figure beside the barest page that does the same
// in the same window, or beside the same thing done on a small ticket.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { afterAll, beforeAll, it } from 'vitest'
import { aMail, feed } from '#support/feedMails'
import { fillWithTickets } from '#support/fillWithTickets'
import { startDesk, type Desk } from '#support/startDesk'
import { launchApp, type Launched } from '../support/electron/launchApp'
import { percentile, print, ratio, type Line } from './report'

const tickets = Number(process.env['BENCH_TICKETS'] ?? 100_000)
const clicks = Number(process.env['BENCH_CLICKS'] ?? 1_000)
const comments = 200
const pages = 5
const restMs = 500
let folder: string
let desk: Desk
let launched: Launched
let page: Page

/** What shops and banks send: nested tables, a sheet of styles, and a picture in each row. */
function pageOf(n: number): string {
  const picture = `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==`
  const line = (at: number): string =>
    `<tr><td><img src="${picture}" width="24" height="24"></td><td><table><tr><td class="p">Part ${String(at)}</td><td>A roller of ${String(n)} mm</td></tr></table></td></tr>`
  const lines = Array.from({ length: 80 }, (_, at) => line(at)).join('\r\n')
  return `<style>td.p { color: #246; padding: 4px; font: 13px sans-serif }</style><table>\r\n${lines}</table>`
}

/** A conversation of Carol's, the newest in the list. */
async function write(
  subject: string,
  count: number,
  minutesAgo: number,
  isHtml = false,
): Promise<void> {
  const from = 'Carol <carol@customer.test>'
  const start = Date.now() - minutesAgo * 60_000
  const mails = Array.from({ length: count }, (_, n) => ({
    // Slow enough for nobody to be held as a flood.
    at: start - (count - n) * 600_000,
    raw: aMail({
      ...{ from, to: desk.account.address, subject },
      messageId: `<${subject}-${String(n)}@customer.test>`,
      text: isHtml
        ? pageOf(n)
        : `Reading ${String(n)}\n\n${'The line stops when the second roller starts. '.repeat(6)}`,
      date: new Date(start - (count - n) * 600_000),
      headers: n === 0 ? {} : { 'In-Reply-To': `<${subject}-0@customer.test>` },
    }).replace('text/plain', isHtml ? 'text/html' : 'text/plain'),
  }))
  await feed(desk, mails)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cd-window-'))
  desk = await startDesk({ profile: join(folder, 'profile') })
  await write('long', comments, 0)
  await write('short', 1, 1)
  await write('pages', pages, 2, true)
  await desk.engine.stop()
  await fillWithTickets(desk.profile, tickets)
  launched = await launchApp({ profile: desk.profile, env: { COPYDESK_PASSWORD: 'none' } })
  page = launched.window
  await row('long').waitFor({ timeout: 60_000 })
})
afterAll(async () => {
  await launched.close()
  await rm(folder, { recursive: true, force: true })
})

const row = (subject: string) => page.getByRole('option').filter({ hasText: subject }).first()

const ms = (value: number): string => `${value.toFixed(1)} ms`

/** ms between the frames of this window while the box `selector` scrolls by 1,200 pixels a second for five. */
async function framesWhile(selector: string): Promise<number[]> {
  return page.evaluate(async (found) => {
    const box = document.querySelector(found)
    if (box === null) throw new Error(`nothing is ${found}`)
    const frames: number[] = []
    await new Promise<void>((resolve) => {
      const startedAt = performance.now()
      let last = startedAt
      const frame = (now: number): void => {
        frames.push(now - last)
        last = now
        box.scrollTop = (now - startedAt) * 1.2
        if (now - startedAt < 5_000) requestAnimationFrame(frame)
        else resolve()
      }
      requestAnimationFrame(frame)
    })
    box.scrollTop = 0
    return frames.slice(1)
  }, selector)
}

function frameLines(what: string, frames: readonly number[], floor: readonly number[]): Line[] {
  const late = frames.filter((each) => each > 25).length / frames.length
  return [
    {
      what: `${what}, a frame p50`,
      value: ms(percentile(frames, 0.5)),
      beside: ratio(percentile(frames, 0.5), percentile(floor, 0.5)),
    },
    {
      what: `${what}, a frame p99`,
      value: ms(percentile(frames, 0.99)),
      beside: ratio(percentile(frames, 0.99), percentile(floor, 0.99)),
    },
    { what: `${what}, frames left out`, value: `${(late * 100).toFixed(1)} %` },
  ]
}

/** A box of plain lines over everything else: what scrolling and typing cost this window at the least. */
async function putBare(): Promise<void> {
  await page.evaluate(() => {
    const bare = document.createElement('div')
    bare.id = 'bare'
    const box = document.createElement('div')
    box.className = 'bare-lines'
    for (let n = 0; n < 400; n += 1) {
      const line = document.createElement('p')
      line.textContent = `Line ${String(n)} of nothing in particular`
      box.append(line)
    }
    const field = document.createElement('textarea')
    bare.append(field, box)
    Object.assign(box.style, { height: '400px', overflow: 'auto' })
    Object.assign(bare.style, { position: 'fixed', inset: '0', zIndex: '9999', background: '#fff' })
    document.body.append(bare)
  })
}
const takeBare = (): Promise<void> => page.evaluate(() => document.querySelector('#bare')?.remove())

it(`scrolls ${String(tickets)} tickets`, async () => {
  await putBare()
  const floor = await framesWhile('.bare-lines')
  await takeBare()
  const frames = await framesWhile('[role=listbox]')
  print(`Scrolling the list of ${String(tickets)} tickets, beside a box of plain lines`, [
    { what: 'plain lines, a frame p99', value: ms(percentile(floor, 0.99)), beside: '1.0×' },
    ...frameLines('the list', frames, floor),
  ])
})

/** ms from the click on a row of the list until the frame that shows its last comment; measured in the page itself. */
async function timeOpening(subject: string, last: string): Promise<number> {
  return page.evaluate(
    async ([named, text]) => {
      const rows = [...document.querySelectorAll<HTMLElement>('[role=option]')]
      const found = rows.find((each) => each.textContent.includes(named))
      if (found === undefined) throw new Error(`no row is ${named}`)
      const startedAt = performance.now()
      found.click()
      const isShown = (): boolean =>
        document.querySelector('h1.subject')?.textContent.includes(named) === true &&
        document.querySelector('[role=log]')?.textContent.includes(text) === true
      for (;;) {
        await new Promise((resolve) => requestAnimationFrame(resolve))
        if (isShown()) return performance.now() - startedAt
        if (performance.now() - startedAt > 30_000) throw new Error(`${named} was not shown`)
      }
    },
    [subject, last] as const,
  )
}

/** ms until the frame that shows every comment of the open ticket. */
async function timeUnfolding(): Promise<number> {
  return page.evaluate(async (wanted) => {
    const startedAt = performance.now()
    document.querySelector<HTMLElement>('[role=log] .unfold')?.click()
    while (document.querySelectorAll('[role=log] article').length < wanted) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      if (performance.now() - startedAt > 30_000) throw new Error('not unfolded')
    }
    return performance.now() - startedAt
  }, comments)
}

it('opens a ticket', async () => {
  const short: number[] = []
  const long: number[] = []
  const whole: number[] = []
  // The list has been scrolled: its first rows come back with the next frames.
  await row('short').waitFor()
  for (let n = 0; n < 12; n += 1) {
    short.push(await timeOpening('short', 'Reading 0'))
    long.push(await timeOpening('long', `Reading ${String(comments - 1)}`))
    whole.push(await timeUnfolding())
  }
  const floor = percentile(short, 0.5)
  print('Opening a ticket, from the click to the painted comment', [
    { what: 'of 1 comment, p50', value: ms(floor), beside: '1.0×' },
    {
      what: `of ${String(comments)} comments, p50`,
      value: ms(percentile(long, 0.5)),
      beside: ratio(percentile(long, 0.5), floor),
    },
    {
      what: 'and all of them unfolded, p50',
      value: ms(percentile(whole, 0.5)),
      beside: ratio(percentile(whole, 0.5), floor),
    },
  ])
})

/** ms from each key to the frame that shows its letter. */
async function typeInto(label: string): Promise<number[]> {
  await page.evaluate((found) => {
    const field = document.querySelector(found)
    if (field === null) throw new Error(`nothing is ${found}`)
    const times: number[] = []
    Object.assign(globalThis, { times })
    const onKey = (event: Event): void => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => times.push(performance.now() - event.timeStamp)
      // After the frame has been painted, not before.
      requestAnimationFrame(() => {
        channel.port2.postMessage(null)
      })
    }
    field.addEventListener('keydown', onKey, true)
  }, label)
  await page.locator(label).first().click()
  const text = 'Good morning, the part is on its way and should be with you on Friday. '
  await page.keyboard.type(text.repeat(3), { delay: 30 })
  return page.evaluate(() => (globalThis as unknown as { times: number[] }).times)
}

it('paints what is typed', async () => {
  await timeOpening('long', `Reading ${String(comments - 1)}`)
  await putBare()
  const floor = await typeInto('#bare textarea')
  await takeBare()
  const typed = await typeInto('.ProseMirror')
  const line = (what: string, share: number): Line => ({
    what,
    value: ms(percentile(typed, share)),
    beside: ratio(percentile(typed, share), percentile(floor, share)),
  })
  print(`From a key to its letter, in a ticket of ${String(comments)} comments`, [
    { what: 'a bare text field, p50', value: ms(percentile(floor, 0.5)), beside: '1.0×' },
    line('the composer, p50', 0.5),
    line('the composer, p99', 0.99),
  ])
})

/** MiB that all processes of the app hold. */
async function memory(): Promise<number> {
  const kib = await launched.app.evaluate(({ app }) =>
    app.getAppMetrics().reduce((sum, each) => sum + each.memory.workingSetSize, 0),
  )
  return kib / 1_024
}

/** The same once the window has let go of what nothing refers to: what is left is what it really keeps. */
async function memoryKept(): Promise<number> {
  const inspector = await page.context().newCDPSession(page)
  await inspector.send('HeapProfiler.collectGarbage')
  await inspector.detach()
  return memory()
}

/** Opens the ticket of HTML mails and waits until the last of its pages stands there in its own height. */
async function openPages(): Promise<void> {
  await page.evaluate(() => {
    const rows = [...document.querySelectorAll<HTMLElement>('[role=option]')]
    rows.find((each) => each.textContent.includes('pages'))?.click()
  })
  await page.waitForFunction(() => {
    const frames = [...document.querySelectorAll('[role=log] iframe')]
    return (frames.at(-1)?.clientHeight ?? 0) > 1_000
  })
}

it(`does not grow in ${String(clicks)} clicks`, async () => {
  const views = ['Unassigned', 'Sent', 'Solved', 'All tickets', 'All open']
  const wander = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n += 5) {
      await timeOpening('short', 'Reading 0')
      await timeOpening('long', `Reading ${String(comments - 1)}`)
      await openPages()
      const view = views[(n / 5) % views.length] ?? 'All open'
      await page.getByRole('link', { name: view }).click()
      await page.getByRole('link', { name: 'All open' }).click()
      await row('short').waitFor()
      // A hand rests between clicks; a browser tidies up then.
      await delay(restMs)
    }
  }
  await wander(100)
  const before = await memory()
  const keptBefore = await memoryKept()
  await wander(clicks)
  const after = await memory()
  const keptAfter = await memoryKept()
  print(`Memory of all processes, over ${String(tickets)} tickets`, [
    { what: 'after 100 clicks', value: `${before.toFixed(0)} MiB`, beside: '1.0×' },
    { what: 'of it kept', value: `${keptBefore.toFixed(0)} MiB`, beside: '1.0×' },
    {
      what: `after ${String(clicks)} more`,
      value: `${after.toFixed(0)} MiB`,
      beside: ratio(after, before),
    },
    {
      what: 'of it kept',
      value: `${keptAfter.toFixed(0)} MiB`,
      beside: ratio(keptAfter, keptBefore),
    },
  ])
})
