// How tall a mail is inside its frame. Scripts are off in there for us as well, so the question goes
// to the layout engine through the debugging protocol, which runs nothing in the page.

import { setTimeout as sleep } from 'node:timers/promises'
import type { WebContents } from 'electron'
import { log } from '../log'
import { mailHost } from './origins'

const tallest = 30_000
const scrollbar = 16
const patienceMs = 2_000

interface Metrics {
  readonly cssContentSize: { readonly width: number; readonly height: number }
  readonly cssLayoutViewport: { readonly clientWidth: number; readonly clientHeight: number }
}
interface Tree {
  readonly frameTree: { readonly frame: { readonly url: string } }
}
interface Document {
  readonly root: {
    readonly children?: readonly { readonly nodeId: number; readonly nodeName: string }[]
  }
}
interface Box {
  readonly model: { readonly height: number }
}

/** Measures the mail frames of one window. 0 says: not shown, or not measurable. */
export function createFrameMeter(contents: WebContents) {
  // A mail frame is a process apart, so it is a debugging target with a session of its own.
  const sessions = new Set<string>()
  const debug = contents.debugger

  const ask = async <Answer>(method: string, session: string, params = {}): Promise<Answer> =>
    (await debug.sendCommand(method, params, session)) as Answer

  debug.on('message', (_event, method, params: { sessionId?: string }) => {
    if (!params.sessionId) return
    if (method === 'Target.attachedToTarget') sessions.add(params.sessionId)
    if (method === 'Target.detachedFromTarget') sessions.delete(params.sessionId)
  })
  // Opening the developer tools takes the session away; the next measurement starts anew.
  debug.on('detach', () => sessions.clear())

  const attach = async (): Promise<void> => {
    if (debug.isAttached()) return
    debug.attach('1.3')
    const auto = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }
    await debug.sendCommand('Target.setAutoAttach', auto)
  }

  const find = async (url: string): Promise<string | undefined> => {
    const shown = await Promise.all(
      [...sessions].map(async (session) => {
        // A frame may close between the listing and the question.
        const tree = await ask<Tree>('Page.getFrameTree', session).catch(() => null)
        return tree?.frameTree.frame.url === url ? session : undefined
      }),
    )
    return shown.find((session) => session !== undefined)
  }

  const measure = async (session: string): Promise<number> => {
    const { cssContentSize: content, cssLayoutViewport: view } = await ask<Metrics>(
      'Page.getLayoutMetrics',
      session,
    )
    const extra = content.width > view.clientWidth ? scrollbar : 0
    if (content.height > view.clientHeight) return content.height + extra
    // The content's height is never given as less than the frame's, so a frame that became too tall
    // is asked for the height of its root element instead.
    const { root } = await ask<Document>('DOM.getDocument', session, { depth: 1 })
    const html = root.children?.find(({ nodeName }) => nodeName === 'HTML')
    if (!html) return content.height
    const { model } = await ask<Box>('DOM.getBoxModel', session, { nodeId: html.nodeId })
    return model.height + extra
  }

  return {
    height: async (mailId: string): Promise<number> => {
      const url = `mail://${mailHost}/${mailId}/`
      const until = Date.now() + patienceMs
      try {
        await attach()
        let session = await find(url)
        while (session === undefined && Date.now() < until) {
          await sleep(50)
          session = await find(url)
        }
        if (session === undefined) return 0
        return Math.min(Math.ceil(await measure(session)), tallest)
      } catch (error) {
        log.warn('window', 'frameNotMeasured', { error })
        return 0
      }
    },
  }
}

export type FrameMeter = ReturnType<typeof createFrameMeter>
