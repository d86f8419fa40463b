// Attachments on their way out of the app: saved where the person says, or opened by the system's
// own program. Nothing of them is ever shown inside the app's page.

import { execFile } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { app, dialog, shell, type BrowserWindow } from 'electron'
import { AppError } from '#shared/ipc/errors'
import { say as sentence } from '#shared/rules/sayings'
import { log } from '../log'
import { say } from './words'
import { riskyEnding, safeFileName } from './fileNames'

export function createFiles(window: () => BrowserWindow | null) {
  let opened: string | null = null

  const save = async (name: string, write: (path: string) => Promise<void>): Promise<boolean> => {
    const options = { defaultPath: join(app.getPath('downloads'), safeFileName(name)) }
    const parent = window()
    const { canceled, filePath } = await (parent
      ? dialog.showSaveDialog(parent, options)
      : dialog.showSaveDialog(options))
    if (canceled || !filePath) return false
    try {
      await write(filePath)
    } catch (error) {
      log.warn('files', 'notSaved', { error })
      throw new AppError('refused', sentence('file-not-saved', { reason: reasonOf(error) }))
    }
    await markAsForeign(filePath)
    return true
  }

  const saveFile = (name: string, bytes: Uint8Array): Promise<boolean> =>
    save(name, (path) => writeFile(path, bytes))
  const saveLines = (name: string, lines: AsyncIterable<string>): Promise<boolean> =>
    save(name, (path) => pipeline(lines, createWriteStream(path)))

  const openFile = async (name: string, bytes: Uint8Array): Promise<void> => {
    const ending = riskyEnding(name)
    if (ending !== null && !(await confirmRisk(window(), name, ending))) return
    // A folder of its own for each file: a second one of the same name must not replace the first.
    opened ??= mkdtempSync(join(app.getPath('temp'), 'copydesk-'))
    const path = join(await mkdtemp(join(opened, 'file-')), safeFileName(name))
    await writeFile(path, bytes, { mode: 0o400 })
    await markAsForeign(path)
    const problem = await shell.openPath(path)
    if (problem) throw new AppError('refused', sentence('file-not-opened', { reason: problem }))
  }

  return {
    saveFile,
    saveLines,
    openFile,
    /** Removes what was written for opening. */
    forgetOpened: (): void => {
      if (opened !== null) rmSync(opened, { recursive: true, force: true })
      opened = null
    },
  }
}

async function confirmRisk(parent: BrowserWindow | null, name: string, ending: string) {
  const options = {
    type: 'warning' as const,
    buttons: [say('cancel'), say('openAnyway')],
    defaultId: 0,
    cancelId: 0,
    message: `Open “${safeFileName(name)}”?`,
    detail: `Files that end in ${ending} can run programs or load things from the internet. Open it only if you know who sent it and why.`,
  }
  const { response } = await (parent
    ? dialog.showMessageBox(parent, options)
    : dialog.showMessageBox(options))
  return response === 1
}

/** Tells the system that the file came from outside, so that its own warnings apply. */
async function markAsForeign(path: string): Promise<void> {
  if (process.platform === 'win32') {
    await writeFile(`${path}:Zone.Identifier`, '[ZoneTransfer]\r\nZoneId=3\r\n').catch(
      () => undefined,
    )
  }
  if (process.platform === 'darwin') {
    const attribute = ['-w', 'com.apple.quarantine', '0081;00000000;Copydesk;', path]
    await new Promise((done) => execFile('/usr/bin/xattr', attribute, done))
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  if (code === 'ENOSPC') return 'the disk is full'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'this place cannot be written'
  return code ?? 'unknown reason'
}
