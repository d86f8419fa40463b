import { AppError } from '#shared/ipc/errors'
import { contract, type AppEvent, type Contract } from '#shared/ipc/contract'
import { createEngine, findWorkers } from './engine'
import type { App, MailFrame, StartOptions } from './host'
import { createHandlers } from './ipc/handlers'
import { createServe } from './ipc/serve'
import { log } from './log'
import { sanitizeMail } from './mail/html'
import { findHtml, hasAttachment, listInlineParts } from './db/messages'
import { currentDesk, getAgent } from './tickets/core'
import { mustSeeMail } from './tickets/detail'
import { createNewsWatch } from './tickets/news'
import type { News } from '#shared/model/attention'

const mostShown = 40

/** Builds the desk on a profile, opens its door and starts syncing. Throws `AppError` when the profile cannot be used. */
export async function startApp(options: StartOptions): Promise<App> {
  const engine = await createEngine({ ...options, workers: options.workers ?? findWorkers() })
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

  const makeFrame = async (mailId: string): Promise<MailFrame | null> => {
    const html = await findHtml(db.read, mailId)
    if (html === undefined) return null
    const parts = new Map((await listInlineParts(db.read, mailId)).map((p) => [p.cid, p.id]))
    const { html: clean, hasRemote } = sanitizeMail(html, (cid) => {
      const id = parts.get(cid)
      return id === undefined ? null : `part/${id}`
    })
    return { html: await options.host.purify(clean), hasRemote }
  }

  // The page, its measure and the question about remote content ask for the same mail in turn.
  const shown = new Map<string, Promise<MailFrame | null>>()
  const mailFrame: App['mailFrame'] = async (mailId) => {
    if (!(await maySee(mailId))) return null
    const known = shown.get(mailId)
    if (known !== undefined) return known
    const made = makeFrame(mailId)
    shown.set(mailId, made)
    made.catch(() => shown.delete(mailId))
    const oldest = shown.keys().next()
    if (shown.size > mostShown && !oldest.done) shown.delete(oldest.value)
    return made
  }
  const handlers = createHandlers({
    engine,
    host: options.host,
    hasRemote: async (mailId) => (await mailFrame(mailId))?.hasRemote ?? false,
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
    mailFrame,
    inlinePart: async (mailId, attachmentId) => {
      if (!(await maySee(mailId))) return null
      if (!(await hasAttachment(db.read, mailId, attachmentId))) return null
      return engine.attachment(attachmentId)
    },
    stop: engine.stop,
  }
}
