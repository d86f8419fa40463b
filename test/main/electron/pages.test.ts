import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFileTable } from '#main/electron/fileTable'
import { onePixel } from '#support/electron/hostileMails'
import { inlineImageType, mailDocument, mailPolicy } from '#main/electron/mailDocument'
import { isAllowedRequest, isMailUrl, isOwnFrame, isOwnPage } from '#main/electron/origins'

describe('the file table', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'copydesk-table-'))
    mkdirSync(join(folder, 'renderer/assets'), { recursive: true })
    writeFileSync(join(folder, 'secret.html'), 'secret')
    for (const name of ['index.html', 'assets/a.js', 'assets/a.css', 'assets/a.js.map', 'x.exe']) {
      writeFileSync(join(folder, 'renderer', name), '')
    }
    symlinkSync(join(folder, 'secret.html'), join(folder, 'renderer/link.html'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('lists the built files with their types, and no others', () => {
    const table = readFileTable(join(folder, 'renderer'))
    expect([...table].map(([path, { type }]) => `${path} ${type}`).sort()).toEqual([
      '/ text/html; charset=utf-8',
      '/assets/a.css text/css; charset=utf-8',
      '/assets/a.js text/javascript; charset=utf-8',
      '/index.html text/html; charset=utf-8',
    ])
  })

  it('has nothing under any other spelling', () => {
    const table = readFileTable(join(folder, 'renderer'))
    const step = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      'assets',
      'a.js',
      '',
      '\\',
      '%5c',
      'index.html',
      '\0',
      '%00',
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const { pathname } = new URL(`app://copydesk/${steps.join('/')}`)
        const file = table.get(pathname)
        if (file) expect(file.path.startsWith(join(folder, 'renderer'))).toBe(true)
      }),
    )
  })
})

describe('our own page', () => {
  const foreign = [
    'app://copydesk.evil/',
    'app://evil/',
    'app://copydesk:80/',
    'app://user@copydesk.evil/',
    'app:copydesk',
    'App',
    '',
    'https://copydesk/',
    'mail://copydesk/a/',
    'about:blank',
    'data:text/html,x',
    'file:///copydesk',
    'blob:app://copydesk/1',
    'http://localhost:5173/',
    'javascript:app://copydesk/',
  ]
  it.each(foreign)('is not %j', (url) => {
    expect(isOwnPage(url, null)).toBe(false)
    expect(isOwnFrame({ parent: null, url }, null)).toBe(false)
  })

  it('may ask only from its main frame', () => {
    expect(isOwnFrame({ parent: null, url: 'app://copydesk/#/tickets' }, null)).toBe(true)
    expect(isOwnFrame({ parent: {}, url: 'app://copydesk/' }, null)).toBe(false)
    expect(isOwnFrame(null, null)).toBe(false)
  })

  it('is the development server while developing', () => {
    const dev = 'http://localhost:5173'
    expect(isOwnPage('http://localhost:5173/index.html', dev)).toBe(true)
    expect(isOwnPage('http://localhost:5174/', dev)).toBe(false)
    expect(isOwnPage('http://localhost:5173.evil.test/', dev)).toBe(false)
  })
})

describe('a request', () => {
  it.each(['app://copydesk/index.html', 'mail://copydesk/a/'])('for %s is allowed', (url) =>
    expect(isAllowedRequest(url, null)).toBe(true),
  )
  it.each([
    'https://evil.test/',
    'http://127.0.0.1/',
    'ws://evil.test/',
    'file:///etc/passwd',
    'ftp://a.test/',
    'devtools://devtools/bundled/x.js',
    'chrome-extension://x/',
    'http://localhost:5173/',
    'not a url',
    '',
  ])('for %j is not', (url) => expect(isAllowedRequest(url, null)).toBe(false))

  it('may reach the development server and its socket while developing, and only those', () => {
    const dev = 'http://localhost:5173'
    const urls = ['http://localhost:5173/a.ts', 'ws://localhost:5173/', 'devtools://devtools/x']
    expect(urls.every((url) => isAllowedRequest(url, dev))).toBe(true)
    expect(isAllowedRequest('http://localhost:80/', dev)).toBe(false)
    expect(isAllowedRequest('https://evil.test/', dev)).toBe(false)
  })
})

describe('a mail document', () => {
  it('allows pictures of its own mail only, and no script', () => {
    const policy = mailPolicy('abc')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('img-src mail://copydesk/abc/part/ mail://copydesk/abc/remote/ data:')
    expect(policy).toMatch(/sandbox allow-popups$/)
    expect(policy).not.toMatch(/script|allow-same-origin|allow-forms|allow-top/)
  })

  it.each([
    ['<p>plain</p>', false],
    ['<p style="margin:0">the color of the background</p>', false],
    ['<p>a background: none of your business</p>', true],
    ['<td bgcolor="#eee">x</td>', true],
    ['<p style="color:#333">x</p>', true],
    ['<p style="margin:0;background-color:red">x</p>', true],
    ['<font color=red>x</font>', true],
  ])('%s on paper: %s', (html, isPaper) => {
    expect(mailDocument(html).includes('<html class="paper">')).toBe(isPaper)
  })

  it('shows inline pictures of four harmless types only', () => {
    expect(inlineImageType({ type: 'IMAGE/PNG; name=x', bytes: onePixel })).toBe('image/png')
    expect(inlineImageType({ type: 'image/webp', bytes: onePixel })).toBe('image/png')
    for (const type of [
      'image/svg+xml',
      'text/html',
      'image/png,text/html',
      'application/pdf',
      '',
      'image/x-icon',
    ])
      expect(inlineImageType({ type, bytes: onePixel })).toBeNull()
  })

  it.each(['mail://copydesk.evil/a/', 'mail://other/a/', 'mailto:a@b', 'https://copydesk/a/', ''])(
    'is not at %j',
    (url) => expect(isMailUrl(url)).toBe(false),
  )
})
