import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useComposerStore } from '#renderer/stores/composer'
import type { Draft } from '#shared/ipc/contract'
import { createFakeBridge, install, Refusal, type FakeBridge } from '../support/fakeBridge'
import { settle } from '../support/samples'

let bridge: FakeBridge
const stored = new Map<string, Draft>()
let refuseWith: Refusal | null = null

beforeEach(() => {
  vi.useFakeTimers()
  stored.clear()
  refuseWith = null
  bridge = createFakeBridge({
    attachments: { staged: () => [] },
    drafts: {
      get: ({ ticketId }) => stored.get(ticketId) ?? null,
      save: (draft) => {
        stored.set(draft.ticketId, draft)
      },
    },
    replies: {
      send: () => {
        if (refuseWith !== null) throw refuseWith
        return { commentId: 'c', deliveries: [] }
      },
      note: () => ({ commentId: 'c', deliveries: [] }),
    },
    tickets: { change: () => undefined },
  })
  install(bridge)
  setActivePinia(createPinia())
})
afterEach(() => {
  vi.useRealTimers()
})

describe('what is being written', () => {
  it('stays with its ticket and never appears under another', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    composer.write('t1', 'For Maria only', 3)
    await composer.open('t2', 'public')
    expect(composer.writingOf('t2')?.text).toBe('')
    composer.write('t2', 'For Jon', 9)
    expect(composer.writingOf('t1')).toMatchObject({ text: 'For Maria only', seenRevision: 3 })
    expect(composer.writingOf('t2')).toMatchObject({ text: 'For Jon', seenRevision: 9 })
  })

  it('is saved half a second after the last key, once, under its own ticket', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    composer.write('t1', 'H', 3)
    await vi.advanceTimersByTimeAsync(400)
    composer.write('t1', 'Hi', 4)
    await vi.advanceTimersByTimeAsync(499)
    expect(bridge.inputsOf('drafts.save')).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(bridge.inputsOf('drafts.save')).toEqual([
      { ticketId: 't1', mode: 'public', text: 'Hi', html: null, audience: [], seenRevision: 3 },
    ])
  })

  it('is saved at once when the agent leaves the ticket', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'internal')
    composer.write('t1', 'Half a thou', 1)
    await composer.flush()
    expect(stored.get('t1')?.text).toBe('Half a thou')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(bridge.inputsOf('drafts.save')).toHaveLength(1)
  })

  it('comes back from its draft, unless the agent has typed by then', async () => {
    stored.set('t1', {
      ticketId: 't1',
      mode: 'internal',
      text: 'Earlier',
      seenRevision: 2,
      audience: [],
      html: null,
      head: null,
    })
    stored.set('t2', {
      ticketId: 't2',
      mode: 'public',
      text: 'Earlier',
      seenRevision: 2,
      audience: [],
      html: null,
      head: null,
    })
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    expect(composer.writingOf('t1')).toMatchObject({ mode: 'internal', text: 'Earlier' })
    const opening = composer.open('t2', 'public')
    composer.write('t2', 'Now', 5)
    await opening
    expect(composer.writingOf('t2')?.text).toBe('Now')
  })
})

describe('sending', () => {
  it('hands over the text once and empties that ticket alone', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    await composer.open('t2', 'public')
    composer.write('t1', 'Done', 7)
    composer.write('t2', 'Not yet', 1)
    const both = [composer.send('t1', 'solved'), composer.send('t1', null)]
    expect(await Promise.all(both)).toEqual([true, false])
    expect(bridge.inputsOf('replies.send')).toEqual([
      expect.objectContaining({ ticketId: 't1', text: 'Done', seenRevision: 7, status: 'solved' }),
    ])
    expect(composer.writingOf('t1')?.text).toBe('')
    expect(composer.writingOf('t2')?.text).toBe('Not yet')
  })

  it('does not let a draft saved late bring a sent text back', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    composer.write('t1', 'Sent', 1)
    await composer.send('t1', null)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(bridge.inputsOf('drafts.save')).toEqual([])
  })

  it('keeps text, id and status when refused, and sends again with the newer revision', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    composer.write('t1', 'Crossing', 3)
    refuseWith = new Refusal('conflict', 'Jon wrote meanwhile.')
    expect(await composer.send('t1', 'pending')).toBe(false)
    expect(composer.writingOf('t1')).toMatchObject({
      text: 'Crossing',
      status: 'pending',
      isSending: false,
      problem: { code: 'conflict', message: 'Jon wrote meanwhile.' },
    })
    refuseWith = null
    composer.see('t1', 4, ['c1', 'c2'])
    expect(await composer.send('t1', 'pending')).toBe(true)
    const [first, second] = bridge.inputsOf('replies.send') as {
      id: string
      seenRevision: number
    }[]
    expect(second).toMatchObject({ id: first!.id, seenRevision: 4 })
  })

  it('sends a note as a note, whatever the status', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'internal')
    composer.write('t1', 'Between us', 1)
    await composer.send('t1', 'pending')
    await settle()
    expect(bridge.inputsOf('replies.send')).toEqual([])
    expect(bridge.inputsOf('replies.note')).toEqual([
      expect.objectContaining({ ticketId: 't1', text: 'Between us' }),
    ])
    expect(bridge.inputsOf('tickets.change')).toEqual([
      { ticketId: 't1', action: { do: 'setStatus', status: 'pending' } },
    ])
  })
})
