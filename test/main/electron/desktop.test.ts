import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { MenuItemConstructorOptions } from 'electron'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allWords, say, speakMain } from '#main/electron/words'
import { contextTemplate, menuTemplate, type ContextOptions } from '#main/electron/menu'
import { profileFolder } from '#main/electron/profile'
import { readWindowState, saveWindowState } from '#main/electron/windowState'

describe('the profile folder', () => {
  it.each([
    [['electron', '.', '--profile', '/a'], {}, '/a'],
    [['electron', '.', '--profile=/b'], {}, '/b'],
    [['electron', '.'], { COPYDESK_PROFILE: '/c' }, '/c'],
    [['electron', '.', '--profile', '/a'], { COPYDESK_PROFILE: '/c' }, '/a'],
    [['electron', '.', '--profile'], {}, '/standard'],
    [['electron', '.'], {}, '/standard'],
    [['electron', '.', '--profile', 'relative'], {}, resolve('relative')],
  ])('of %j with %j is %s', (argv, env, folder) => {
    expect(profileFolder(argv, env, '/standard')).toBe(folder)
  })
})

describe('the window', () => {
  const screen = { x: 0, y: 25, width: 1920, height: 1055 }
  const box = { x: 100, y: 100, width: 1000, height: 700 }
  let profile: string
  beforeEach(() => {
    profile = mkdtempSync(join(tmpdir(), 'copydesk-window-'))
  })
  afterEach(() => rmSync(profile, { recursive: true, force: true }))

  it('opens where it was', () => {
    saveWindowState(profile, { box, isMaximized: true })
    expect(readWindowState(profile, [screen])).toEqual({ box, isMaximized: true })
    expect(readdirSync(profile)).toEqual(['window.json'])
  })

  it.each([
    ['to the right', { ...box, x: 1900 }],
    ['to the left', { ...box, x: -950 }],
    ['above', { ...box, y: -20 }],
    ['below', { ...box, y: 1050 }],
  ])('is placed by the system when it was %s of every screen', (_where, lost) => {
    saveWindowState(profile, { box: lost, isMaximized: false })
    expect(readWindowState(profile, [screen]).box).toBeNull()
  })

  it('stays where it is on a second screen', () => {
    const second = { x: 1920, y: 0, width: 1280, height: 1024 }
    saveWindowState(profile, { box: { ...box, x: 2000 }, isMaximized: false })
    expect(readWindowState(profile, [screen, second]).box).toEqual({ ...box, x: 2000 })
  })

  it.each([
    '',
    'no json',
    '[]',
    'null',
    '{"box":{"x":"1"},"isMaximized":false}',
    '{"box":null}',
    '{"box":{"x":1e999,"y":0,"width":900,"height":700},"isMaximized":false}',
    '{"box":{"x":1,"y":100,"width":5,"height":5},"isMaximized":false}',
  ])('opens as on the first day with the file %j', (text) => {
    writeFileSync(join(profile, 'window.json'), text)
    expect(readWindowState(profile, [screen])).toEqual({ box: null, isMaximized: false })
  })

  it('does not mind a profile that cannot be written', () => {
    expect(() => saveWindowState(join(profile, 'gone'), { box, isMaximized: false })).not.toThrow()
  })
})

const roles = (items: MenuItemConstructorOptions[]): string[] =>
  items.flatMap(({ role, submenu }) => [
    ...(role ? [role] : []),
    ...(Array.isArray(submenu) ? roles(submenu) : []),
  ])

describe('the menu', () => {
  const options = {
    appName: 'Copydesk',
    isDevelopment: false,
    showLog: () => undefined,
    newTicket: () => undefined,
  }

  it.each(['linux', 'win32', 'darwin'] as const)(
    'on %s can quit, edit, zoom and show the window, once each',
    (platform) => {
      const all = roles(menuTemplate({ ...options, platform }))
      for (const role of [
        'quit',
        'undo',
        'cut',
        'copy',
        'paste',
        'selectAll',
        'zoomIn',
        'zoomOut',
        'resetZoom',
        'minimize',
        'about',
      ]) {
        expect(all.filter((one) => one === role)).toEqual([role])
      }
    },
  )

  it('has an app menu first on macOS only', () => {
    const first = (platform: NodeJS.Platform) => menuTemplate({ ...options, platform })[0]?.label
    expect([first('darwin'), first('linux')]).toEqual(['Copydesk', '&File'])
  })

  it('offers developer tools and reload while developing only', () => {
    const of = (isDevelopment: boolean) =>
      roles(menuTemplate({ ...options, platform: 'linux', isDevelopment }))
    expect(of(false)).not.toContain('toggleDevTools')
    expect(of(false)).not.toContain('reload')
    expect(of(true)).toContain('toggleDevTools')
  })
})

describe('the context menu', () => {
  const nothing: ContextOptions = {
    isEditable: false,
    selectionText: '',
    linkURL: '',
    misspelledWord: '',
    dictionarySuggestions: [],
  }
  const done: string[] = []
  const actions = {
    replaceWord: (word: string) => done.push(word),
    copyText: (text: string) => done.push(text),
  }
  const labels = (on: Partial<ContextOptions>) =>
    contextTemplate({ ...nothing, ...on }, actions).map(
      ({ label, role, type }) => label ?? role ?? type,
    )

  it('is empty where there is nothing to do', () => expect(labels({})).toEqual([]))
  it('copies a selection', () => expect(labels({ selectionText: 'x' })).toEqual(['copy']))
  it('copies a link', () => expect(labels({ linkURL: 'https://a.test/' })).toEqual(['Copy Link']))
  it('corrects a word and edits, in groups', () => {
    const on = { isEditable: true, misspelledWord: 'R&F', dictionarySuggestions: ['R&D', 'RF'] }
    expect(labels(on)).toEqual(['R&&D', 'RF', 'separator', 'cut', 'copy', 'paste', 'selectAll'])
  })
})

describe('the words of menus, tray, dialogs and notifications', () => {
  const placeholders = (text: string): string[] =>
    [...text.matchAll(/\{\w+\}/g)].map(([one]) => one)

  it.each(Object.entries(allWords))('%s says everything, and fills in the same', (_name, words) => {
    const english = allWords.en
    expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort())
    for (const key of Object.keys(english) as (keyof typeof english)[]) {
      expect(words[key].trim(), key).not.toBe('')
      expect(placeholders(words[key]), key).toEqual(placeholders(english[key]))
    }
  })

  it('follows the person, else the system, else English', () => {
    speakMain('de', 'fr-FR')
    expect(say('quit')).toBe('Beenden')
    speakMain('system', 'fr-FR')
    expect(say('quit')).toBe('Quitter')
    speakMain('system', 'pt-BR')
    expect(say('held', { n: 3 })).toBe('Held: 3')
  })
})
