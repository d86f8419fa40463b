// Sanitises mails for their frames: small ones at once, large ones in a worker, one after the other.
import { Worker } from 'node:worker_threads'
import { frameHtml, type FrameHtml, type FrameJob } from './frameHtml'

/** Characters of HTML that take main a few milliseconds. */
const mostAtOnce = 100_000

function inWorker(file: string, limitMs: number, job: FrameJob): Promise<FrameHtml> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: job })
    const timer = setTimeout(() => void worker.terminate(), limitMs)
    worker.on('message', resolve)
    worker.on('error', reject)
    worker.on('exit', () => {
      clearTimeout(timer)
      reject(new Error('The mail took too long to sanitise.'))
    })
  })
}

/** Without `workerFile` (tests from sources) all is done at once. Rejects when a mail is too much: it is shown as text. */
export function createFrameCleaner(workerFile?: string, limitMs = 60_000) {
  let turn: Promise<unknown> = Promise.resolve()
  return async (job: FrameJob): Promise<FrameHtml> => {
    if (workerFile === undefined || job.html.length <= mostAtOnce) return frameHtml(job)
    const cleaned = turn.then(() => inWorker(workerFile, limitMs, job))
    turn = cleaned.catch(() => undefined)
    return cleaned
  }
}
