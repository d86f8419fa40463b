// Parses mails in worker threads. A worker that crashes or hangs is replaced, and the mail that did
// it comes back as a problem: it can cost itself its text, never the folder.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { parseFetched, unreadableMail } from './parse'
import type { FetchedMail, ParsedMail } from './types'

export type ParsePool = {
  /** In the order of the batch. Rejects only after `stop`. */
  parse: (batch: FetchedMail[]) => Promise<ParsedMail[]>
  stop: () => Promise<void>
}

/** All windows of a batch in one buffer that is moved to the worker; `cuts[i]` is where mail i ends. */
export type ParseJob = {
  id: number
  bytes: Uint8Array
  cuts: number[]
  sizes: number[]
}
export type ParseAnswer = { id: number; mails: ParsedMail[] }

const HANG_MS = 10_000

type Task = {
  id: number
  mails: FetchedMail[]
  done: ParsedMail[]
  /** Set after a crash: one mail per job, so that the next crash names its mail. */
  isCareful: boolean
  resolve: (mails: ParsedMail[]) => void
  reject: (error: Error) => void
}

type Clock = { arm: () => void; disarm: () => void }
type Slot = { worker: Worker; task: Task | null; clock: Clock }

const stopped = () => new Error('the parse pool is stopped')

function createClock(ms: number, onRing: () => void): Clock {
  let timer: NodeJS.Timeout | undefined
  const disarm = () => clearTimeout(timer)
  return {
    arm: () => {
      disarm()
      timer = setTimeout(onRing, ms)
      timer.unref()
    },
    disarm,
  }
}

/**
 * `workerFile` absent (tests, tools): parses on the calling thread. `size`: number of workers, by
 * default one for each core beyond the first, at least one.
 */
export function createParsePool({
  workerFile,
  size = Math.max(1, availableParallelism() - 1),
  hangMs = HANG_MS,
}: { workerFile?: string; size?: number; hangMs?: number } = {}): ParsePool {
  if (workerFile === undefined) {
    return {
      parse: (batch) => Promise.resolve(batch.map(parseFetched)),
      stop: () => Promise.resolve(),
    }
  }
  return createWorkers(workerFile, size, hangMs)
}

// Copied once and moved: a structured clone would copy the whole buffer each window is a part of.
// The originals stay here, to parse the rest of the batch again after a crash.
function pack(task: Task): ParseJob & { bytes: Uint8Array<ArrayBuffer> } {
  const from = task.done.length
  const mails = task.mails.slice(from, task.isCareful ? from + 1 : undefined)
  const bytes = new Uint8Array(mails.reduce((sum, mail) => sum + mail.window.length, 0))
  const cuts: number[] = []
  let at = 0
  for (const { window } of mails) {
    bytes.set(window, at)
    cuts.push((at += window.length))
  }
  return {
    id: task.id,
    bytes,
    cuts,
    sizes: mails.map((mail) => mail.size),
  }
}

function createWorkers(workerFile: string, size: number, hangMs: number): ParsePool {
  const slots: Slot[] = []
  const waiting: Task[] = []
  let nextId = 1
  let isStopped = false

  const start = (slot: Slot, task: Task) => {
    slot.task = task
    // Only a working thread keeps the process alive.
    slot.worker.ref()
    slot.clock.arm()
    const job = pack(task)
    slot.worker.postMessage(job, [job.bytes.buffer])
  }

  const pump = () => {
    for (const slot of slots) {
      const task = slot.task === null ? waiting.shift() : undefined
      if (task !== undefined) start(slot, task)
    }
    while (waiting.length > 0 && slots.length < size && !isStopped) {
      start(open(), waiting.shift() as Task)
    }
  }

  const settle = (slot: Slot, task: Task) => {
    slot.task = null
    slot.worker.unref()
    slot.clock.disarm()
    task.resolve(task.done)
    pump()
  }

  const onAnswer = (slot: Slot, answer: ParseAnswer) => {
    const task = slot.task
    if (task === null || task.id !== answer.id) return
    task.done.push(...answer.mails)
    if (task.done.length === task.mails.length) settle(slot, task)
    else if (task.isCareful) start(slot, task)
    else slot.clock.arm()
  }

  const fail = async (slot: Slot, because: string) => {
    slot.clock.disarm()
    const index = slots.indexOf(slot)
    if (index < 0) return
    slots.splice(index, 1)
    const task = slot.task
    slot.worker.removeAllListeners()
    slot.worker.on('error', () => undefined)
    await slot.worker.terminate()
    if (task !== null) recover(task, because)
    pump()
  }

  const recover = (task: Task, because: string) => {
    if (task.isCareful) {
      const poison = task.mails[task.done.length] as FetchedMail
      task.done.push(unreadableMail(poison.window, because))
    }
    task.isCareful = true
    if (isStopped) task.reject(stopped())
    else if (task.done.length === task.mails.length) task.resolve(task.done)
    else waiting.unshift(task)
  }

  const open = (): Slot => {
    const clock = createClock(hangMs, () => void fail(slot, 'parsing took too long'))
    const slot: Slot = { worker: new Worker(workerFile), task: null, clock }
    slot.worker.unref()
    slot.worker.on('message', (answer: ParseAnswer) => onAnswer(slot, answer))
    slot.worker.on('error', (error) => void fail(slot, `parser stopped: ${error.message}`))
    slot.worker.on('exit', () => void fail(slot, 'parser stopped'))
    slots.push(slot)
    return slot
  }

  // Ready before the first mail is.
  open()

  return {
    parse: async (batch) =>
      batch.length === 0
        ? []
        : new Promise((resolve, reject) => {
            if (isStopped) {
              reject(stopped())
              return
            }
            waiting.push({
              id: nextId++,
              mails: batch,
              done: [],
              isCareful: false,
              resolve,
              reject,
            })
            pump()
          }),
    stop: async () => {
      isStopped = true
      const left = [...waiting.splice(0), ...slots.map((slot) => slot.task)]
      for (const task of left) task?.reject(stopped())
      for (const slot of slots) {
        slot.clock.disarm()
        slot.worker.removeAllListeners()
      }
      await Promise.all(slots.splice(0).map((slot) => slot.worker.terminate()))
    },
  }
}
