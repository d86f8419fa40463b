import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '#renderer/api'
import { useComposerStore } from '#renderer/stores/composer'
import type { Draft, StagedFile } from '#shared/ipc/contract'
import { createFakeBridge, install, Refusal, type FakeBridge } from '../support/fakeBridge'
import { settle } from '../support/samples'

let bridge: FakeBridge
/** As main keeps them: one for each mode of a ticket, the latest last. */
const stored = new Map<string, Draft>()
const staged: StagedFile[] = []
const keep = (draft: Draft): void => {
  stored.delete(`${draft.mode} ${draft.ticketId}`)
  stored.set(`${draft.mode} ${draft.ticketId}`, draft)
}
const aDraft = (part: Pick<Draft, 'ticketId' | 'mode' | 'text'> & Partial<Draft>): Draft => ({
  ...{ seenRevision: 2, audience: [], html: null, head: null, ...part },
})
let refuseWith: Refusal | null = null

beforeEach(() => {
  vi.useFakeTimers()
  stored.clear()
  staged.length = 0
  refuseWith = null
  bridge = createFakeBridge({
    attachments: {
      staged: () => staged,
      stage: ({ mode, name, type, bytes, isInline }) => {
        const file = { id: name, mode, name, type, size: bytes.length, isInline, picture: null }
        staged.push(file)
        return file
      },
    },
    drafts: {
      list: ({ ticketId }) =>
        [...stored.values()].filter((one) => one.ticketId === ticketId).reverse(),
      save: (draft) => keep(draft),
    },
    replies: {
      send: () => {
        if (refuseWith !== null) throw refuseWith
        return { commentId: 'c', deliveries: [] }
      },
      note: () => ({ commentId: 'c', deliveries: [] }),
      undo: () => keep(aDraft({ ticketId: 't1', mode: 'public', text: 'Taken back' })),
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
    expect(stored.get('internal t1')?.text).toBe('Half a thou')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(bridge.inputsOf('drafts.save')).toHaveLength(1)
  })

  it('comes back from its draft, unless the agent has typed by then', async () => {
    keep(aDraft({ ticketId: 't1', mode: 'internal', text: 'Earlier' }))
    keep(aDraft({ ticketId: 't2', mode: 'public', text: 'Earlier' }))
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    expect(composer.writingOf('t1')).toMatchObject({ mode: 'internal', text: 'Earlier' })
    const opening = composer.open('t2', 'public')
    composer.write('t2', 'Now', 5)
    await opening
    expect(composer.writingOf('t2')?.text).toBe('Now')
  })
})

describe('a text', () => {
  const ben = { name: 'Ben', address: 'ben@desk.example' }

  it('stays in its mode, with its files and people: switching shows the other mode’s own', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'internal')
    composer.write('t1', 'She is difficult.', 1)
    await composer.attach('t1', new File(['x'], 'score.txt'), false)
    composer.setMode('t1', 'private')
    composer.setAudience('t1', [ben])
    composer.write('t1', 'Ben, a word.', 1)
    composer.setMode('t1', 'public')
    expect(composer.writingOf('t1')).toMatchObject({ mode: 'public', text: '', files: [] })
    expect(composer.writingOf('t1')?.audience).toEqual([])
    expect(composer.unfinished('t1')).toEqual(['internal', 'private'])
    expect(await composer.send('t1', null)).toBe(false)
    composer.write('t1', 'Dear Maria', 1)
    expect(await composer.send('t1', null)).toBe(true)
    expect(bridge.inputsOf('replies.send')).toEqual([
      expect.objectContaining({ visibility: 'public', text: 'Dear Maria', attachmentIds: [] }),
    ])
    composer.setMode('t1', 'internal')
    const files = [expect.objectContaining({ name: 'score.txt' })]
    expect(composer.writingOf('t1')).toMatchObject({ text: 'She is difficult.', files })
    composer.setMode('t1', 'private')
    expect(composer.writingOf('t1')).toMatchObject({ text: 'Ben, a word.', audience: [ben] })
  })

  it('is saved under its own mode, whichever is on screen by then', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'internal')
    composer.write('t1', 'She is difficult.', 1)
    composer.setMode('t1', 'public')
    composer.write('t1', 'Dear Maria', 1)
    await vi.advanceTimersByTimeAsync(600)
    expect([...stored.values()].map(({ mode, text }) => [mode, text])).toEqual([
      ['internal', 'She is difficult.'],
      ['public', 'Dear Maria'],
    ])
  })

  it('comes back in its mode; the latest is on screen, unless another was chosen meanwhile', async () => {
    for (const ticketId of ['t1', 't2']) {
      keep(aDraft({ ticketId, mode: 'public', text: 'Dear Maria' }))
      keep(aDraft({ ticketId, mode: 'internal', text: 'She is difficult.' }))
    }
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    expect(composer.writingOf('t1')).toMatchObject({ mode: 'internal', text: 'She is difficult.' })
    expect(composer.unfinished('t1')).toEqual(['public', 'internal'])
    const opening = composer.open('t2', 'internal')
    composer.setMode('t2', 'public')
    await opening
    expect(composer.writingOf('t2')).toMatchObject({ mode: 'public', text: 'Dear Maria' })
  })

  it('keeps a file with the mode it was chosen in, also when another is on screen by then', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'internal')
    const attaching = composer.attach('t1', new File(['x'], 'score.txt'), false)
    composer.setMode('t1', 'public')
    await attaching
    expect(composer.writingOf('t1')?.files).toEqual([])
    composer.setMode('t1', 'internal')
    expect(composer.writingOf('t1')?.files).toMatchObject([{ mode: 'internal' }])
  })

  it('that is taken back is on screen, and what was begun beside it stays', async () => {
    const composer = useComposerStore()
    await composer.open('t1', 'public')
    composer.write('t1', 'Sent', 1)
    await composer.send('t1', null)
    composer.setMode('t1', 'internal')
    composer.write('t1', 'She is difficult.', 1)
    await composer.takeBack('t1', 'public', () => api.replies.undo({ commentId: 'c' }))
    expect(composer.writingOf('t1')).toMatchObject({ mode: 'public', text: 'Taken back' })
    expect(stored.get('internal t1')?.text).toBe('She is difficult.')
    composer.setMode('t1', 'internal')
    expect(composer.writingOf('t1')?.text).toBe('She is difficult.')
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
