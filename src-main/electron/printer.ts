// A document of ours on paper or as PDF. It is loaded into a hidden window without scripts whose session knows no other
// page and no network.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, session as sessions, type WebContents } from 'electron'
import { AppError } from '#shared/ipc/errors'
import { say } from '#shared/rules/sayings'
import { safeFileName } from './fileNames'

const page = 'app://copydesk/print'
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

export function createPrinter(parent: () => BrowserWindow | null) {
  const session = sessions.fromPartition('printing')
  let current = ''
  session.protocol.handle('app', () => {
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    }
    return new Response(current, { headers })
  })
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: url !== page })
  })
  session.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false)
  })

  // One at a time: they share the page.
  let turn: Promise<unknown> = Promise.resolve()
  const withPage = <T>(html: string, work: (contents: WebContents) => Promise<T>): Promise<T> => {
    const next = turn.then(async () => {
      current = html
      const window = new BrowserWindow({
        show: false,
        webPreferences: {
          session,
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          javascript: false,
        },
      })
      try {
        await window.loadURL(page)
        return await work(window.webContents)
      } finally {
        current = ''
        window.destroy()
      }
    })
    turn = next.catch(() => undefined)
    return next
  }

  return {
    print: (html: string): Promise<void> =>
      withPage(
        html,
        (contents) =>
          new Promise((resolve, reject) => {
            contents.print({ printBackground: true }, (isDone, reason) => {
              if (isDone || /cancel/iu.test(reason)) resolve()
              else reject(new AppError('refused', say('ticket-not-printed', { reason })))
            })
          }),
      ),
    savePdf: async (name: string, html: string): Promise<boolean> => {
      const options = { defaultPath: join(app.getPath('documents'), safeFileName(name)) }
      const above = parent()
      const { canceled, filePath } = await (above === null
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(above, options))
      if (canceled || !filePath) return false
      const pdf = await withPage(html, (contents) => contents.printToPDF({ pageSize: 'A4' }))
      try {
        await writeFile(filePath, pdf)
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
        throw new AppError('refused', say('file-not-saved', { reason }))
      }
      return true
    },
  }
}
