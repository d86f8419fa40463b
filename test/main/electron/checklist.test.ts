// The official checklist of Electron (reliability.md §4), as far as the source tells: what must stand
// in it and what never may. What only a running window tells is in test/e2e/window.electron.spec.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLink } from '#main/electron/links'
import { isAllowedRequest, isOwnFrame, isOwnPage } from '#main/electron/origins'

const root = join(import.meta.dirname, '../../..')
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|vue|html)$/.test(name))
    .map((name) => join(folder, name))
const sources = ['src-main', 'src-preload', 'src-renderer', 'src-shared'].flatMap(filesIn)
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const withText = (pattern: RegExp, files = sources): string[] =>
  files.filter((path) => pattern.test(textOf(path)))
const electron = filesIn('src-main/electron').map((path) => [path, textOf(path)] as const)

/** The settings of every page this app opens, as they stand in the source. */
const pages = electron.flatMap(([path, text]) =>
  [...text.matchAll(/webPreferences: \{([^}]*)\}/g)].map(
    (match) => [path, match[1] ?? ''] as const,
  ),
)

/** Each row of the list, and the tests in a real Electron, or of the source, that hold it. */
const rows: readonly [row: string, file: string, ...tests: string[]][] = [
  [
    '1 secure content only',
    'window',
    'fetch anything',
    'fetch anything even where the policy would',
  ],
  ['1 no request from mail', 'hostileHtml', 'sandbox and policy alone hold mail'],
  [
    '2 no Node',
    'window',
    'has call and subscribe, frozen',
    'is walled in like the one that people see',
  ],
  [
    '3 isolation, 4 sandbox, 6 web security, 8, 9, 10',
    'window',
    'runs with sandbox, isolation and web security',
  ],
  ['5 permissions', 'window', 'get a permission'],
  ['7 policy of each response', 'window', 'carries a policy and is never sniffed, found or not'],
  [
    '7 policy of the built app',
    'window',
    'shows its own page under its own policy without a complaint',
  ],
  ['7 policy of a mail by itself', 'hostileHtml', 'each of the two walls holds by itself'],
  ['7 trusted types', 'window', 'run text as code or write HTML'],
  [
    '11, 12, 14 webviews and windows',
    'window',
    'open a window, embed a webview or a foreign frame',
  ],
  [
    '13 navigation',
    'window',
    'leave, not by location, link, form',
    'cannot go elsewhere by a link that names its own frame',
  ],
  [
    '15 openExternal',
    'window',
    'sends a click on a link to the browser if it is a plain link',
    'opens links by middle, control and shift click',
  ],
  [
    '17 sender of a call',
    'window',
    'gets no answer when its frame asks the app',
    'gets an envelope for every call, however wrong',
  ],
  ['18 own protocol, no file', 'window', 'carries a policy and is never sniffed, found or not'],
  [
    '20 what the preload gives',
    'window',
    'has call and subscribe, frozen',
    'hears events without the Electron event',
  ],
  ['downloads', 'window', 'download'],
]

describe('every row', () => {
  it.each(rows)('%s is held by a test in a real window', (_row, file, ...tests) => {
    const spec = textOf(`test/e2e/${file}.electron.spec.ts`)
    for (const name of tests) expect(spec).toContain(`test('${name}`)
  })

  it('16: the release of Electron is named to the digit', () => {
    expect(textOf('package.json')).toMatch(/"electron": "\d+\.\d+\.\d+"/)
  })

  it('18: the own schemes have the rights of a web page and no more', () => {
    const schemes = /registerSchemesAsPrivileged\(\[([^\]]*)\]/.exec(
      textOf('src-main/electron/protocol.ts'),
    )?.[1]
    expect(schemes).toContain("scheme: 'app', privileges: { standard: true, secure: true }")
    expect(schemes).toContain("scheme: 'mail', privileges: { standard: true }")
    expect(schemes).not.toMatch(
      /bypassCSP|allowServiceWorkers|supportFetchAPI|corsEnabled|codeCache/,
    )
  })
})

describe('rows 2, 3, 4: every page', () => {
  it('is found: each window has its settings written out', () => {
    const opened = electron.flatMap(([, text]) => text.match(/new BrowserWindow\(/g) ?? [])
    expect(pages.length).toBe(opened.length)
    expect(pages.length).toBeGreaterThanOrEqual(3)
  })

  it.each(pages)('of %s is sandboxed, isolated and without Node', (_path, settings) => {
    expect(settings).toMatch(/sandbox: true/)
    expect(settings).toMatch(/contextIsolation: true/)
    expect(settings).toMatch(/nodeIntegration: false/)
  })

  it('has one preload at most, that of the window', () => {
    expect(pages.filter(([, settings]) => settings.includes('preload:'))).toHaveLength(1)
    expect(textOf('src-main/index.ts')).toContain('app.enableSandbox()')
  })
})

describe('rows 6, 8, 9, 10, 11: never set', () => {
  it.each([
    /webSecurity\s*:/,
    /allowRunningInsecureContent/,
    /experimentalFeatures/,
    /enableBlinkFeatures/,
    /<webview/,
    /allowpopups\b/,
    /nodeIntegration(?:InWorker|InSubFrames)?: true/,
    /webviewTag: true/,
    /contextIsolation: false/,
    /sandbox: false/,
    /enableRemoteModule|@electron\/remote/,
    /setCertificateVerifyProc|certificate-error/,
    /registerFileProtocol|loadFile\(/,
    /\beval\(|new Function\(/,
  ])('%s', (pattern) => {
    expect(withText(pattern)).toEqual([])
  })
})

describe('rows 5, 12, 13, 14, 17, 18, 20', () => {
  const guard = textOf('src-main/electron/guard.ts')

  it('permissions, downloads, navigation, windows and webviews are refused by handlers', () => {
    for (const name of [
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
      'setDevicePermissionHandler',
      'onBeforeRequest',
      'will-download',
      'will-navigate',
      'will-redirect',
      'will-frame-navigate',
      'will-attach-webview',
      'setWindowOpenHandler',
    ]) {
      expect(guard).toContain(name)
    }
  })

  it('guards every session that is made', () => {
    const index = textOf('src-main/index.ts')
    const partitions = [...index.matchAll(/const (\w+) = session\.fromPartition/g)].map((m) => m[1])
    const guarded = /for \(const each of \[([^\]]*)\]\) guardSession/.exec(index)?.[1] ?? ''
    for (const name of ['session.defaultSession', ...partitions]) expect(guarded).toContain(name)
  })

  it('one handler listens, in one file, and asks who calls', () => {
    expect(withText(/ipcMain\.(?:handle|on)\(/)).toEqual(['src-main/electron/bridge.ts'])
    expect(textOf('src-main/electron/bridge.ts')).toContain('isOwnFrame(event.senderFrame')
  })

  it('the preload gives away two functions and nothing of Electron', () => {
    const preload = textOf('src-preload/index.ts')
    const keys = [...preload.matchAll(/^ {2}(\w+): \(/gm)].map((match) => match[1])
    expect(keys).toEqual(['call', 'subscribe'])
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1)
    expect(withText(/contextBridge|ipcRenderer/)).toEqual(['src-preload/index.ts'])
  })

  it('no text of a stranger becomes markup in the page', () => {
    const window = sources.filter((path) => path.startsWith('src-renderer'))
    expect(
      withText(/v-html|(?:inner|outer)HTML\s*\+?=|insertAdjacentHTML|document\.write/, window),
    ).toEqual([])
  })

  it('only the app’s page may ask, and only from its main frame', () => {
    const frame = (url: string, parent: unknown = null) => isOwnFrame({ url, parent }, null)
    expect(frame('app://copydesk/')).toBe(true)
    expect(frame('app://copydesk/', {})).toBe(false)
    for (const url of ['mail://copydesk/x/', 'app://copydesk.evil/', 'about:blank', 'https://x/']) {
      expect(frame(url)).toBe(false)
      expect(isOwnPage(url, null)).toBe(false)
    }
  })

  it.each(['http://x/', 'https://x/', 'ws://x/', 'ftp://x/', 'file:///etc/passwd', 'data:,x'])(
    'no request to %s',
    (url) => {
      expect(isAllowedRequest(url, null)).toBe(false)
    },
  )
})

describe('the words of strangers', () => {
  it('are lower-cased alike in every language of the system (D6)', () => {
    const files = sources.filter((path) => !path.startsWith('src-renderer'))
    expect(withText(/\.toLocale(?:Lower|Upper)Case\(/, files)).toEqual([])
  })

  it('are spelled by the system and looked at by no developer tool once packaged (H14)', () => {
    expect(textOf('src-main/electron/window.ts')).toContain('devTools: !app.isPackaged')
    expect(textOf('src-main/electron/guard.ts')).toMatch(
      /setSpellCheckerDictionaryDownloadURL\(`app:/,
    )
    expect(withText(/openDevTools|remote-debugging|inspect-brk/)).toEqual([])
  })
})

describe('row 15: what leaves for the system’s browser', () => {
  const allowed = [
    'https://a.test/',
    'http://a.test/x?y=1#z',
    'mailto:ana@desk.test',
    'HTTPS://A.test',
  ]
  const schemes = (
    'file ftp smb sftp ssh telnet ldap gopher javascript vbscript data blob about chrome view-source ' +
    'ms-msdt ms-settings ms-officecmd ms-word ms-excel search-ms shell steam slack zoommtg tel sms ' +
    'facetime itms x-apple.systempreferences app mail copydesk intent market jar res mhtml mk cid ' +
    'magnet irc webcal news nntp rdp vnc'
  ).split(' ')
  const crooked = [
    '\\\\host\\share',
    '//a.test/x',
    '/etc/passwd',
    'C:\\x.exe',
    'https://',
    'https:a.test',
    'https://a.test/\u202etxt.exe',
    'https://a.test/\r\nHost: b',
    'https://a.test\\@b.test',
    ' https://a.test/',
    'https://a.test/\0',
    `https://a.test/${'x'.repeat(2_100)}`,
    '',
    'a.test',
  ]

  it.each(allowed)('%s may', (url) => {
    expect(readLink(url)).not.toBeNull()
  })

  it.each([
    ...schemes.map((scheme) => `${scheme}://a.test/x`),
    ...schemes.map((s) => `${s}:x`),
    ...crooked,
  ])('%j may not', (url) => {
    expect(readLink(url)).toBeNull()
  })

  it('is asked about in one place', () => {
    expect(withText(/shell\.openExternal/)).toEqual(['src-main/electron/createHost.ts'])
  })
})

describe('row 19: fuses of the packaged app', () => {
  it('are set as the checklist says', async () => {
    const { fuses } = (await import('../../../build/fuses.mjs')) as { fuses: object }
    expect(fuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    })
  })

  it('hold nobody up: nothing of ours forks by the Electron binary as Node', () => {
    expect(withText(/child_process.*\bfork\b/)).toEqual([])
  })
})
