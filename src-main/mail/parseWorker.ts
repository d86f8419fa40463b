// Worker thread that parses mails, so that a hostile or huge one never stops the window.
import { parentPort } from 'node:worker_threads'
import { parseFetched } from './parse'
import type { ParseAnswer, ParseJob } from './parsePool'
import type { ParsedMail } from './types'

const ANSWER_MAILS = 25
// Often enough that the pool's clock, which measures silence, is never near its limit.
const ANSWER_MS = 200

function work({ id, bytes, cuts, sizes }: ParseJob, answer: (a: ParseAnswer) => void) {
  let mails: ParsedMail[] = []
  let since = Date.now()
  const flush = () => {
    if (mails.length > 0) answer({ id, mails })
    mails = []
    since = Date.now()
  }
  cuts.forEach((end, index) => {
    const start = index === 0 ? 0 : (cuts[index - 1] as number)
    const window = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    mails.push(parseFetched({ window, size: sizes[index] ?? window.length }))
    if (mails.length >= ANSWER_MAILS || Date.now() - since > ANSWER_MS) flush()
  })
  flush()
}

const port = parentPort
port?.on('message', (job: ParseJob) => work(job, (answer) => port.postMessage(answer)))
