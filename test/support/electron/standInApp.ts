// A startApp() without engine, built into the real main process in place of src-main/app.ts. Its
// mails are NOT sanitised: the frame's own walls must hold when the sanitiser has failed.

import { contract } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Handlers } from '#shared/ipc/procedure'
import type { App, StartOptions } from '#main/host'
import { createServe } from '#main/ipc/serve'
import { log } from '#main/log'
import { sanitizeMail } from '#main/mail/html'
import { mails, onePixel } from './hostileMails'

/** What a spec reads in the main process as `globalThis.standIn`. */
export interface StandIn {
  readonly calls: string[]
  readonly served: string[]
  readonly listeners: Set<(event: unknown) => void>
  wakes: number
  hasStopped: boolean
}

const standIn: StandIn = {
  calls: [],
  served: [],
  listeners: new Set(),
  wakes: 0,
  hasStopped: false,
}
Object.assign(globalThis, { standIn })

/** Mails that a spec puts here are shown as they are. */
const broughtMails: Record<string, string> = {}

/** @public Takes the place of the one in src-main/app.ts. */
export async function startApp({ host, profile }: StartOptions): Promise<App> {
  if (process.env.STAND_IN_FAILS === 'expected') {
    throw new AppError('refused', `The profile ${profile} is in use by another Copydesk.`)
  }
  if (process.env.STAND_IN_FAILS === 'bug') throw new TypeError('undefined is not a desk')
  const refuse = (): never => {
    throw new AppError('refused', 'This is a stand-in.')
  }
  const groups = Object.entries(contract).map(([group, procedures]) => {
    return [group, Object.fromEntries(Object.keys(procedures).map((name) => [name, refuse]))]
  })
  const handlers = Object.fromEntries(groups) as unknown as Handlers<typeof contract>
  const measured: Handlers<typeof contract>['mail'] = {
    ...handlers.mail,
    frameHeight: async ({ mailId }) => ({
      height: await host.frameHeight(mailId),
      hasRemote: false,
      hasQuote: false,
      isCut: false,
      partsDiffer: false,
      images: { count: 0, trackers: 0, isChosen: false, sender: null },
    }),
    openLink: ({ url }) => host.openExternal(url),
  }
  // The whole way of a mail to the screen, for specs that bring mails of their own.
  const clean = async (html: string): Promise<string> => {
    const { html: shown, sheet } = sanitizeMail(html, () => null, {
      keepSheet: true,
      pictureUrl: (n) => `remote/${String(n)}`,
    })
    // As mailDocument() puts them together.
    return `<style>${sheet.replaceAll('<', '')}</style>${await host.purify(shown)}`
  }
  Object.assign(globalThis, { clean, broughtMails })
  const attachments: Handlers<typeof contract>['attachments'] = {
    ...handlers.attachments,
    save: async ({ id }) => ({ isSaved: await host.saveFile(id, onePixel) }),
    open: ({ id }) => host.openFile(id, onePixel),
  }
  const all = { ...handlers, mail: measured, attachments }
  const serve = createServe(contract, all, { checkOutput: true, log })
  return {
    serve: (path, input) => {
      standIn.calls.push(path)
      return serve(path, input)
    },
    onEvent: (listener) => {
      standIn.listeners.add(listener)
      return () => standIn.listeners.delete(listener)
    },
    onNews: () => () => undefined,
    wake: () => {
      standIn.wakes += 1
    },
    mailFrame: async (mailId) => {
      standIn.served.push(mailId)
      const html = broughtMails[mailId] ?? mails[mailId]
      return html === undefined ? null : { html, hasRemote: false }
    },
    remotePicture: () => Promise.resolve(null),
    inlinePart: async (mailId, attachmentId) => {
      standIn.served.push(`${mailId}/${attachmentId}`)
      const type = attachmentId === 'svg' ? 'image/svg+xml' : 'image/png'
      return { type, bytes: onePixel }
    },
    stop: async () => {
      standIn.hasStopped = true
      if (process.env.STAND_IN_HANGS) await new Promise(() => undefined)
    },
  }
}
