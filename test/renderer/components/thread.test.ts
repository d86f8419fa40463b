import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { splitLinks } from '#renderer/components/thread/links'
import { receiptsOf } from '#renderer/components/thread/receipts'
import ThreadMessage from '#renderer/components/thread/ThreadMessage.vue'
import { provideMailDoor } from '#renderer/composables/useMailDoor'
import type { ThreadEntry } from '#shared/ipc/contract'
import type { Participant } from '#shared/model/participant'
import { mailChangeOf } from '#renderer/components/thread/mailChange'
import { aCc, aComment, aDelivery, ana, jon, maria } from '../support/samples'

const opened: string[] = []
/** What is asked of the mails shown next. */
const answer = { isCut: false, fails: false, partsDiffer: false }

function show(part: Partial<ThreadEntry> = {}, people: Participant[] = []) {
  const entry = aComment('c1', part)
  const names = new Map([maria, jon, ana].map((one) => [one.address, one.name]))
  const Host = defineComponent({
    setup: () => {
      provideMailDoor({
        frameHeight: async (_id, { isWhole }) => {
          if (isWhole && answer.fails) throw new Error('too much')
          return {
            height: 321,
            hasRemote: true,
            hasQuote: false,
            isCut: answer.isCut && !isWhole,
            partsDiffer: answer.partsDiffer,
            images: { count: 2, trackers: 1, isChosen: false, sender: 'carol@customer.test' },
          }
        },
        showImages: async () => undefined,
        openLink: (url) => opened.push(url),
        openAttachment: () => undefined,
        saveAttachment: () => undefined,
      })
      return () =>
        h(ThreadMessage, {
          entry,
          isFirst: false,
          mailChange: mailChangeOf(entry, false, { participants: people, audit: [] }),
          people,
          subject: 'Hello',
          undeliverable: [jon.address],
          names,
          now: 2_000,
          canChange: true,
        })
    },
  })
  return mount(Host).findComponent(ThreadMessage)
}

it.each([
  ['Public', {}],
  ['Internal note', { kind: 'note', visibility: 'private', isInternal: true }],
  ['Private reply', { kind: 'private-reply', visibility: 'private', isInternal: true }],
  ['Private reply', { kind: 'mail', visibility: 'private' }],
  ['Held', { visibility: 'held' }],
] as const)('says “%s” in a word, not only in colour', (word, part) => {
  const comment = show(part)
  expect(comment.get('[data-testid=visibility]').text()).toBe(word)
  expect(comment.get('article').attributes('aria-label')).toBe(`${word}, Maria Lind`)
})

it('offers a decision on a held mail', async () => {
  const comment = show({ visibility: 'held', because: 'not-a-participant', authorRole: 'outsider' })
  const buttons = comment.findAll('[role=group] button')
  // The words of the queue of held mail; its keys mean something else beside a ticket.
  const words = ['Accept', 'Accept and add as CC', 'Discard', 'Block sender']
  expect(buttons.map((one) => one.text())).toEqual(words)
  for (const button of buttons) await button.trigger('click')
  const decided = ['accept', 'add-cc', 'discard', 'block']
  expect(comment.emitted('decide')).toEqual(
    decided.map((what) => [expect.objectContaining({ id: 'c1' }), { do: what }]),
  )
})

it('offers nothing about a held colleague that is for strangers', () => {
  const held = { visibility: 'held', because: 'not-authenticated', isInternal: true } as const
  const buttons = show(held).findAll('[role=group] button')
  expect(buttons.map((one) => one.text())).toEqual(['Accept', 'Discard'])
})

it('offers to link a held outsider with a customer of the ticket, not with a colleague', () => {
  const people = [
    aCc(jon.address, { name: jon.name }),
    aCc(ana.address, { name: ana.name, isInternal: true, role: 'follower' }),
  ]
  const held = { visibility: 'held', because: 'not-a-participant', authorRole: 'outsider' } as const
  const buttons = show(held, people).findAll('[role=group] button')
  expect(buttons.map((one) => one.text())).toContain('Link as alias of…')
  const choices: unknown = show(held, people).findComponent({ name: 'BaseMenu' }).props('choices')
  expect(choices).toEqual([{ value: jon.address, label: jon.name, note: jon.address }])
})

it('names whom a mail added and takes it back on request', async () => {
  const origin = { ...aCc('x').origin, messageId: 'c1@customer.example' }
  const people = [aCc(jon.address, { origin }), aCc('old@customer.example')]
  const comment = show({ flags: ['cc-added'] }, people)
  expect(comment.text()).toContain('Added as CC: Jon Berg')
  await comment.get('[aria-label=Remarks] button:not(.reason)').trigger('click')
  expect(comment.emitted('change')).toEqual([
    [{ do: 'undoMailChange', messageId: 'c1@customer.example' }],
  ])
})

it('warns loudly of forgery only', () => {
  const tones = show({ flags: ['sender-not-verified', 'left-out', 'sender-failed'] })
    .findAll('.flag')
    .map((flag) => flag.classes()[1])
  expect(tones).toEqual(['quiet', 'warning', 'grave'])
})

it('calls a colleague who also follows an agent', () => {
  const part = { kind: 'note', visibility: 'private', isInternal: true } as const
  expect(
    show({ ...part, authorRole: 'follower' })
      .get('.badge')
      .text(),
  ).toBe('Agent')
  expect(show({ authorRole: 'cc' }).get('.badge').text()).toBe('CC')
})

it('names who was left out', () => {
  const comment = show({ flags: ['left-out'], leftOut: [jon.address] })
  expect(comment.text()).toContain('Left out: Jon Berg')
})

it('shows mail in a frame that may run nothing, and its text on request', async () => {
  const comment = show({ hasHtml: true, mailId: 'm1', text: 'plain words' })
  const frame = comment.get('iframe')
  expect(frame.attributes('sandbox')).toBe('allow-popups')
  expect(frame.attributes('src')).toBe('mail://copydesk/m1/')
  await comment.get('.form').trigger('click')
  expect(comment.find('iframe').exists()).toBe(false)
  expect(comment.text()).toContain('plain words')
})

it('folds quoted text and shows text as text', async () => {
  const comment = show({ text: '<b>not bold</b>', quoted: '> earlier words' })
  expect(comment.text()).toContain('<b>not bold</b>')
  expect(comment.text()).not.toContain('earlier words')
  await comment.get('[aria-label="Show the quoted text"]').trigger('click')
  expect(comment.get('.quoted').text()).toBe('earlier words')
})

it('opens the link it shows, without the full stop behind it', async () => {
  const comment = show({ text: 'See https://x.example/a?b=1.' })
  await comment.get('[role=link]').trigger('click')
  expect(opened).toEqual(['https://x.example/a?b=1'])
  expect(splitLinks('a (https://x.example/p) b')).toEqual([
    { kind: 'text', text: 'a (' },
    { kind: 'link', text: 'https://x.example/p', url: 'https://x.example/p' },
    { kind: 'text', text: ') b' },
  ])
})

it.each([
  ['queued', 'Waiting to be sent to Maria + 1 CC', { attempts: 0 }],
  ['sent', 'Sent to Maria + 1 CC', {}],
  ['failed', 'Failed: 550 no such user', { lastReply: '550 no such user' }],
  ['uncertain', 'Uncertain', {}],
] as const)('says how a mail fares: %s', (state, words, part) => {
  const deliveries = [aDelivery({ state, cc: [jon], ...part })]
  const comment = show({ kind: 'reply', author: ana, isInternal: true, deliveries })
  expect(comment.text()).toContain(words)
})

it('speaks of the failed mail when others went well, and offers to try again', async () => {
  const good = aDelivery({ id: 'd1' })
  const bad = aDelivery({ id: 'd2', kind: 'follower', state: 'failed', lastReply: '550 full' })
  const comment = show({ kind: 'reply', author: ana, isInternal: true, deliveries: [good, bad] })
  const retry = comment.findAll('button').find((one) => one.text() === 'Retry')
  await retry?.trigger('click')
  expect(comment.emitted('retry')).toEqual([['d2']])
})

it('lists on request who got what, by which way, and who got nothing for which reason', async () => {
  const customers = aDelivery({
    ...{ id: 'd1', state: 'partly', cc: [jon], triedAt: 1_500 },
    refused: [{ address: jon.address, reply: '550 5.1.1 no such user' }],
    skipped: [{ address: ana.address, because: 'actor' }],
  })
  const own = aDelivery({
    id: 'd2',
    kind: 'follower',
    to: [{ name: 'Ben', address: 'ben@desk.example' }],
  })
  const comment = show({
    kind: 'reply',
    author: ana,
    isInternal: true,
    deliveries: [customers, own],
  })
  const line = comment.get('[data-testid=receipts]')
  expect(line.attributes('aria-expanded')).toBe('false')
  await line.trigger('click')
  expect(line.attributes('aria-expanded')).toBe('true')
  const rows = comment
    .findAll('[data-testid=receipt]')
    .map((one) => one.text().replace(/\s+/g, ' '))
  expect(rows).toHaveLength(4)
  expect(rows[0]).toMatch(/Maria Lind.*To.*Sent/)
  expect(rows[1]).toMatch(/Jon.*Cc.*Refused.*550 5\.1\.1 no such user/)
  expect(rows[2]).toMatch(/ben@desk\.example.*Own mail.*Sent/)
  expect(rows[3]).toMatch(/Ana.*no mail/)
})

it('says of a mail the server took and that came back that it came back', () => {
  const [receipt] = receiptsOf([aDelivery({ to: [jon] })], [jon.address])
  expect(receipt?.state).toBe('bounced')
})

it('shows the beginning of a very long mail, all of it when asked, and says when that is too much', async () => {
  const cut = (comment: ReturnType<typeof show>) => comment.find('[data-testid=cut]')
  const load = async (comment: ReturnType<typeof show>): Promise<string> => {
    await comment.get('iframe').trigger('load')
    await flushPromises()
    return comment.get('iframe').attributes('src') ?? ''
  }
  for (const fails of [false, true]) {
    Object.assign(answer, { isCut: true, fails })
    const comment = show({ hasHtml: true, mailId: 'm1' })
    expect(await load(comment)).toBe('mail://copydesk/m1/')
    expect(cut(comment).text()).toContain('only its beginning is shown')
    await cut(comment).get('button').trigger('click')
    expect(cut(comment).text()).toContain('being prepared')
    expect(comment.get('iframe').attributes('src')).toBe('mail://copydesk/m1-whole/')
    const shown = await load(comment)
    if (!fails) expect([cut(comment).exists(), shown]).toEqual([false, 'mail://copydesk/m1-whole/'])
    else {
      expect(cut(comment).text()).toContain('too much to show formatted')
      expect(shown).toBe('mail://copydesk/m1/')
    }
  }
  Object.assign(answer, { isCut: false, fails: false })
})

it('says of a mail that its plain text says something else, with the reason, also while it shows that text', async () => {
  const look = async (partsDiffer: boolean) => {
    Object.assign(answer, { partsDiffer })
    const comment = show({ hasHtml: true, mailId: 'm1', text: 'the plain text' })
    await comment.get('iframe').trigger('load')
    await flushPromises()
    return comment
  }
  expect((await look(false)).text()).not.toContain('says something else')
  const comment = await look(true)
  const mark = comment.get('.flag.warning')
  expect(mark.text()).toBe('Plain text says something else')
  await mark.get('button').trigger('click')
  await flushPromises()
  expect(document.body.textContent).toContain('search and notifications go by the plain text')
  await comment.get('button.form').trigger('click')
  expect(comment.text()).toContain('the plain text')
  expect(comment.find('.flag.warning').exists()).toBe(true)
  Object.assign(answer, { partsDiffer: false })
})
