// The IMAP conversation of a sync with a real Dovecot, cut at each class of place and at many bytes in both
// directions by reset, orderly end and silence: the desk ends as if nothing had happened, and no part of a mail is
// ever stored as a whole one. IMAP_CUTS: so many cuts at bytes drawn with IMAP_SEED, besides those at classes.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pullFolder } from '#main/inbox/pull'
import { connectImap } from '#main/mail/imap'
import { createParsePool } from '#main/mail/parsePool'
import { AppError } from '#shared/ipc/errors'
import { aMail } from '#support/feedMails'
import { startFaultProxy, type FaultKind, type FaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const atBytes = Number(process.env['IMAP_CUTS'] ?? 60)
const seed = Number(process.env['IMAP_SEED'] ?? Date.now() % 1_000_000_007)
/** Cuts that one desk meets before it is left in peace. */
const perDesk = 4
const mailbox = 'help1@desk.test'
const kinds = ['rst', 'fin', 'blackhole'] as const
/** Where in the conversation: who says it, and what. */
const classes = [
  ['server', '* OK'],
  ['client', 'AUTHENTICATE'],
  ['client', 'SELECT'],
  ['server', '* FLAGS'],
  ['server', 'UIDNEXT'],
  ['client', 'SEARCH'],
  ['server', '* SEARCH'],
  ['client', 'FETCH'],
  ['server', 'FETCH ('],
  ['server', 'BODY['],
  ['server', 'words of mail 7'],
  ['server', 'Fetch completed'],
] as const

type Cut = (proxy: FaultProxy) => FaultKind

let server: MailServer
let proxy: FaultProxy

beforeAll(async () => {
  server = await startDeskServer()
  proxy = await startFaultProxy(server.dovecot.imapPort)
  const mails = Array.from({ length: 40 }, (_, n) => ({
    raw: aMail({
      from: `Carol <carol${String(n % 5)}@customer.test>`,
      to: mailbox,
      subject: `Number ${String(n)}`,
      messageId: `<${String(n)}@customer.test>`,
      text: `The words of mail ${String(n)}. ${'More of them. '.repeat(n * 9)}`,
      headers: n % 3 === 2 ? { 'In-Reply-To': `<${String(n - 1)}@customer.test>` } : {},
    }),
    flags: 'S',
    receivedAt: Date.UTC(2026, 0, 5) + n * 60_000,
  }))
  await server.inject(mailbox, 'INBOX', mails)
})
afterAll(async () => {
  await proxy.stop()
  await server.stop()
})

const pool = createParsePool()
afterAll(() => pool.stop())

/** One pass by way of the proxy; what stays silent is given up, as the watchdog does. */
async function pull(desk: Desk, giveUpAfter: number | null): Promise<boolean> {
  const stop = new AbortController()
  if (giveUpAfter !== null) {
    void delay(giveUpAfter, undefined, { ref: false }).then(() => {
      stop.abort()
    })
  }
  const settings = { ...server.imapSettings(mailbox), port: proxy.port }
  try {
    const imap = await connectImap(settings, { signal: stop.signal })
    const { signal } = stop
    const deps = { core: desk.core, imap, pool, signal, onProgress: () => undefined }
    const source = { accountId: desk.account.id, folder: 'INBOX', kind: 'inbox' } as const
    await pullFolder(deps, source).finally(() => imap.close())
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return false
  }
}

it('ends in the same state wherever the conversation is cut', async () => {
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const whole = await startDesk({ mailbox })
  expect(await pull(whole, null)).toBe(true)
  const wanted = await whole.engine.hash()
  await whole.stop()
  const [session] = proxy.sessions
  const length = { client: session?.clientBytes ?? 0, server: session?.serverBytes ?? 0 }
  const cuts: Cut[] = classes.flatMap(([direction, text]) =>
    kinds.flatMap((kind) => [
      (at: FaultProxy) => {
        at.breakAfterText(direction, text, kind)
        return kind
      },
      (at: FaultProxy) => {
        at.breakBeforeText(direction, text, kind)
        return kind
      },
    ]),
  )
  for (let n = 0; n < atBytes; n += 1) {
    const direction = n % 4 === 0 ? 'client' : 'server'
    const kind = kinds[n % 3] ?? 'rst'
    const afterBytes = random(length[direction])
    cuts.push((at) => {
      at.setFault({ kind, direction, afterBytes })
      return kind
    })
  }
  let broken = 0
  for (let from = 0; from < cuts.length; from += perDesk) {
    const desk = await startDesk({ mailbox })
    for (const cut of cuts.slice(from, from + perDesk)) {
      const kind = cut(proxy)
      await pull(desk, kind === 'blackhole' ? 500 : null)
      if (proxy.sessions.at(-1)?.hasBroken === true) broken += 1
      proxy.setFault(null)
    }
    // A mail that was due when a connection ended is tried alone.
    for (let n = 0; n < 4 && !(await pull(desk, null)); n += 1) continue
    expect([from, await desk.engine.hash()]).toEqual([from, wanted])
    await desk.stop()
  }
  process.stderr.write(
    `IMAP cuts: ${String(cuts.length)}, of which ${String(broken)} met a conversation, over ` +
      `${String(length.server)} and ${String(length.client)} bytes, IMAP_SEED=${String(seed)}, same state each time\n`,
  )
  expect(broken).toBeGreaterThan(cuts.length / 3)
}, 600_000)
