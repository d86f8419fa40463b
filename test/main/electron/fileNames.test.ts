import fc from 'fast-check'
import { basename, win32 } from 'node:path'
import { describe, expect, it } from 'vitest'
import { riskyEnding, safeFileName } from '#main/electron/fileNames'

describe('a name for the file system', () => {
  it.each([
    ['invoice.pdf', 'invoice.pdf'],
    ['Übersicht 2026.ods', 'Übersicht 2026.ods'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\Windows\\x.dll', 'C__Windows_x.dll'],
    ['a\u202Efdp.exe', 'afdp.exe'],
    ['line\r\nbreak.txt', 'linebreak.txt'],
    ['trailing. . ', 'trailing'],
    ['.bashrc', 'bashrc'],
    ['', 'attachment'],
    ['...', 'attachment'],
    ['CON', 'attachment-CON'],
    ['nul.txt', 'attachment-nul.txt'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(116)}.pdf`],
  ])('%j becomes %j', (name, safe) => expect(safeFileName(name)).toBe(safe))

  it('is one component of at most 120 characters, whatever a stranger wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 160 }), (name) => {
        const safe = safeFileName(name)
        expect([basename(safe), win32.basename(safe)]).toEqual([safe, safe])
        expect(Array.from(safe).length).toBeGreaterThan(0)
        expect(Array.from(safe).length).toBeLessThanOrEqual(132)
        // eslint-disable-next-line no-control-regex -- that there are none is what is tested
        expect(safe).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|^\.|[. ]$/)
      }),
    )
  })
})

describe('a risky ending', () => {
  it.each([
    ['setup.exe', '.exe'],
    ['invoice.pdf.EXE', '.exe'],
    ['photo.jpg.lnk', '.lnk'],
    ['x.exe .', '.exe'],
    ['x.exe\u200B', '.exe'],
    ['exe.\u202Efdp.scr', '.scr'],
    ['page.html', '.html'],
    ['logo.svg', '.svg'],
    ['link.url', '.url'],
    ['a.desktop', '.desktop'],
    ['a.docm', '.docm'],
    ['a.AppImage', '.appimage'],
    ['a.sh', '.sh'],
    ['a.ps1', '.ps1'],
  ])('of %j is %s', (name, ending) => expect(riskyEnding(name)).toBe(ending))

  it.each(['invoice.pdf', 'photo.jpeg', 'notes.txt', 'table.xlsx', 'exe', 'mail.eml', ''])(
    'is not in %j',
    (name) => expect(riskyEnding(name)).toBeNull(),
  )
})
