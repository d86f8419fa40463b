import { join } from 'node:path'
import { AppError } from '#shared/ipc/errors'
import { contract, type AppEvent, type Contract } from '#shared/ipc/contract'
import { createEngine, findWorkers } from './engine'
import type { App, StartOptions } from './host'
import { createHandlers } from './ipc/handlers'
import { createServe } from './ipc/serve'
import { log } from './log'
import { hasAttachment } from './db/messages'
import { createFrameCleaner } from './mail/frameCleaner'
import { createMailFrames } from './mailFrames'
import { currentDesk, getAgent } from './tickets/core'
import { mailIdOf } from './tickets/frameId'
import { mustSeeMail } from './tickets/detail'
import { createNewsWatch } from './tickets/news'
import type { News } from '#shared/model/attention'

/** Builds the desk on a profile, opens its door and starts syncing. Throws `AppError` when the profile cannot be used. */
export async function startApp(options: StartOptions): Promise<App> {
  const workers = options.workers ?? findWorkers()
  const engine = await createEngine({ ...options, workers })
  const { db } = engine.core
  const listeners = new Set<(event: AppEvent) => void>()
  const emit = (event: AppEvent): void => {
    for (const listener of listeners) listener(event)
  }
  db.onChange((changes) => {
    emit({ type: 'changed', changes })
  })
  const newsListeners = new Set<(news: News) => void>()
  const lookForNews = createNewsWatch(engine.core, (news) => {
    for (const listener of newsListeners) listener(news)
  })
  db.onChange((changes) => {
    if (newsListeners.size === 0) return
    lookForNews(changes).catch((error: unknown) => {
      log.error('app', 'news not found', { error })
    })
  })
  engine.onActivity((activity) => {
    emit({ type: 'activity', activity })
  })
  engine.onJournal((status) => {
    emit({ type: 'journal', status })
  })
  engine.presence.onChange((people) => {
    emit({ type: 'presence', people })
  })

  const maySee = async (mailId: string): Promise<boolean> => {
    const desk = await currentDesk(engine.core, db.read)
    const agent = await getAgent(db.read)
    return mustSeeMail(db.read, { desk, agent }, mailId).then(
      () => true,
      (error: unknown) => {
        if (error instanceof AppError) return false
        throw error
      },
    )
  }

  const clean = createFrameCleaner(workers && join(workers, 'frameWorker.cjs'))
  const frames = createMailFrames({ read: db.read, purify: options.host.purify, maySee, clean })
  const handlers = createHandlers({
    engine,
    host: options.host,
    leftOutOf: frames.leftOutOf,
    about: { version: options.version, folder: options.profile },
  })
  const serve = createServe<Contract>(contract, handlers, {
    checkOutput: process.env['NODE_ENV'] !== 'production',
    log,
  })
  try {
    await engine.start()
  } catch (error) {
    await engine.stop()
    throw error
  }
  return {
    serve,
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onNews: (listener) => {
      newsListeners.add(listener)
      return () => newsListeners.delete(listener)
    },
    wake: engine.wake,
    mailFrame: frames.frame,
    remotePicture: frames.picture,
    inlinePart: async (frameId, attachmentId) => {
      const mailId = mailIdOf(frameId)
      if (!(await maySee(mailId))) return null
      if (!(await hasAttachment(db.read, mailId, attachmentId))) return null
      return engine.attachment(attachmentId)
    },
    stop: engine.stop,
  }
}
