// Worker thread that sanitises one mail too large for main to stop for.
import { parentPort, workerData } from 'node:worker_threads'
import { frameHtml, type FrameJob } from './frameHtml'

parentPort?.postMessage(frameHtml(workerData as FrameJob))
