// A conversation of 10,000 mails, each of which answers the one before it (reliability.md C12): threading it is one walk,
// and it opens at once.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { aMail, detailOf, feed, theTicket } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

const start = Date.UTC(2026, 2, 1, 9)
// Slow enough for nobody to be held as a flood.
const step = 600_000
const count = 10_000
let desk: Desk
beforeAll(async () => {
  desk = await startDesk()
})
afterAll(() => desk.stop())

const mail = (n: number) => ({
  at: start + n * step,
  raw: aMail({
    from: n % 2 === 0 ? 'Carol <carol@customer.test>' : 'Dave <dave@customer.test>',
    to: 'help@desk.test',
    cc: n % 2 === 0 ? 'dave@customer.test' : 'carol@customer.test',
    subject: 'Line 4',
    messageId: `<m${String(n)}@customer.test>`,
    text: `Reading ${String(n)}`,
    date: new Date(start + n * step),
    headers: n === 0 ? {} : { 'In-Reply-To': `<m${String(n - 1)}@customer.test>` },
  }),
})

/** ms of processor time: the clock on the wall counts what others do on this machine, too. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(from)
  return Math.round((user + system) / 1_000)
}

it('is threaded in one walk and opens at once', { timeout: 600_000 }, async () => {
  const mails = Array.from({ length: count }, (_, n) => mail(n))
  const took = await timed(() => feed(desk, mails.reverse()))
  const { ticket, comments } = await theTicket(desk)
  expect(comments).toHaveLength(count)
  expect(comments.at(-1)).toMatchObject({
    text: `Reading ${String(count - 1)}`,
    visibility: 'public',
  })
  const one = await timed(() => feed(desk, [mail(count)]))
  const opened: number[] = []
  for (let n = 0; n < 7; n += 1) opened.push(await timed(() => detailOf(desk, ticket.id)))
  const best = Math.min(...opened)
  process.stdout.write(
    `${String(count)} mails stored in ${String(took)} ms, one more in ${String(one)} ms, opened in ${String(best)} ms\n`,
  )
  // Walking up from each mail anew takes minutes.
  expect(took).toBeLessThan(60_000)
  // 300 on a machine that has nothing else to do.
  expect(best).toBeLessThan(400)
})
