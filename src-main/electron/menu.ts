import type { MenuItemConstructorOptions } from 'electron'

export interface MenuOptions {
  readonly appName: string
  readonly platform: NodeJS.Platform
  readonly isDevelopment: boolean
  readonly showLog: () => void
}

type Items = MenuItemConstructorOptions[]
const line: MenuItemConstructorOptions = { type: 'separator' }

/** The application menu as each system's people expect it. */
export function menuTemplate({ appName, platform, isDevelopment, showLog }: MenuOptions): Items {
  const isMac = platform === 'darwin'
  return [
    ...(isMac ? [{ label: appName, submenu: macAppMenu() }] : []),
    { label: '&File', submenu: [isMac ? { role: 'close' } : { role: 'quit' }] },
    { label: '&Edit', submenu: editMenu(isMac) },
    { label: '&View', submenu: viewMenu(isDevelopment) },
    { label: '&Window', role: 'window', submenu: windowMenu(isMac) },
    { label: '&Help', role: 'help', submenu: helpMenu(isMac, showLog) },
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
    { label: 'Speech', submenu: [{ role: 'startSpeaking' }, { role: 'stopSpeaking' }] },
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
  return [{ label: 'Show Log File', click: showLog }, ...(isMac ? [] : about)]
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
  const link: Items = [{ label: 'Copy Link', click: () => actions.copyText(on.linkURL) }]
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
