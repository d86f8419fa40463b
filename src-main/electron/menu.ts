import type { MenuItemConstructorOptions } from 'electron'
import { say } from './words'

export interface MenuOptions {
  readonly appName: string
  readonly platform: NodeJS.Platform
  readonly isDevelopment: boolean
  readonly showLog: () => void
  readonly newTicket: () => void
}

type Items = MenuItemConstructorOptions[]
const line: MenuItemConstructorOptions = { type: 'separator' }

/** The application menu as each system's people expect it. */
export function menuTemplate(options: MenuOptions): Items {
  const { appName, platform, isDevelopment, showLog, newTicket } = options
  const isMac = platform === 'darwin'
  return [
    ...(isMac ? [{ label: appName, submenu: macAppMenu() }] : []),
    {
      label: say('file'),
      submenu: [
        { label: say('newTicket'), click: newTicket },
        line,
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { label: say('edit'), submenu: editMenu(isMac) },
    { label: say('view'), submenu: viewMenu(isDevelopment) },
    { label: say('window'), role: 'window', submenu: windowMenu(isMac) },
    { label: say('help'), role: 'help', submenu: helpMenu(isMac, showLog) },
  ]
}

function macAppMenu(): Items {
  return [
    { role: 'about' },
    line,
    { role: 'services' },
    line,
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    line,
    { role: 'quit' },
  ]
}

function editMenu(isMac: boolean): Items {
  const speech: Items = [
    line,
    { label: say('speech'), submenu: [{ role: 'startSpeaking' }, { role: 'stopSpeaking' }] },
  ]
  return [
    { role: 'undo' },
    { role: 'redo' },
    line,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'pasteAndMatchStyle' },
    { role: 'delete' },
    { role: 'selectAll' },
    ...(isMac ? speech : []),
  ]
}

function viewMenu(isDevelopment: boolean): Items {
  const development: Items = [{ role: 'reload' }, { role: 'toggleDevTools' }, line]
  return [
    ...(isDevelopment ? development : []),
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    line,
    { role: 'togglefullscreen' },
  ]
}

function windowMenu(isMac: boolean): Items {
  const mac: Items = [{ role: 'zoom' }, line, { role: 'front' }]
  return [{ role: 'minimize' }, ...(isMac ? mac : [{ role: 'close' } as const])]
}

function helpMenu(isMac: boolean, showLog: () => void): Items {
  const about: Items = [line, { role: 'about' }]
  return [{ label: say('showLog'), click: showLog }, ...(isMac ? [] : about)]
}

export interface ContextOptions {
  readonly isEditable: boolean
  readonly selectionText: string
  readonly linkURL: string
  readonly misspelledWord: string
  readonly dictionarySuggestions: readonly string[]
}

export interface ContextActions {
  readonly replaceWord: (word: string) => void
  readonly copyText: (text: string) => void
}

/** What the right mouse button offers; empty where there is nothing to offer. */
export function contextTemplate(on: ContextOptions, actions: ContextActions): Items {
  const words: Items = on.dictionarySuggestions.slice(0, 5).map((word) => ({
    // An ampersand would be taken for a shortcut mark.
    label: word.replaceAll('&', '&&'),
    click: () => actions.replaceWord(word),
  }))
  const link: Items = [{ label: say('copyLink'), click: () => actions.copyText(on.linkURL) }]
  const edit: Items = [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }]
  const groups: Items[] = [
    on.isEditable && on.misspelledWord ? words : [],
    on.linkURL ? link : [],
    on.isEditable ? edit : on.selectionText ? [{ role: 'copy' }] : [],
  ]
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [line, ...group]))
}
