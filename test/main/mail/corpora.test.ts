// Every mail of the public test suites, where they are at hand (../shared/corpora), is read without a
// throw and in time. They are data only and no part of the project.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sanitizeMail } from '#main/mail/html'
import { parseMail, unreadableMail } from '#main/mail/parse'
import type { MailAddress } from '#shared/model/address'
import { isValidAddress } from '#shared/rules/address'

const root = resolve('../shared/corpora')
const hasCorpora = existsSync(root)

function filesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    return entry.isDirectory() ? filesIn(path) : /\.(?:json|md)$/.test(path) ? [] : [path]
  })
}

describe.skipIf(!hasCorpora)('public corpora (../shared/corpora)', () => {
  const folders = hasCorpora
    ? readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : []

  it.each(folders.map((folder) => folder.name))('%s', (folder) => {
    for (const file of filesIn(join(root, folder))) {
      const bytes = readFileSync(file)
      const start = performance.now()
      const mail = parseMail(bytes)
      if (mail.html !== null) sanitizeMail(mail.html, () => null)
      expect([file, performance.now() - start < 2_000]).toEqual([file, true])
      const again = parseMail(bytes)
      expect(again).toEqual(mail)
      expect(mail.rfcId).not.toMatch(/[\s<>]/)
      expect(mail.freshLength).toBeLessThanOrEqual(mail.text.length)
      for (const { name } of mail.attachments) {
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120)
        // eslint-disable-next-line no-control-regex -- control characters are what is meant
        expect(name).not.toMatch(/[/\\\u0000-\u001f\u202a-\u202e]/)
      }
      const hasForm = ({ address }: MailAddress) => /^\S+@\S+$|^".*"@\S+$/.test(address)
      expect(mail.replyTo.filter((one) => !hasForm(one))).toEqual([])
      // What could not be read is kept to be seen, and nobody can write to it.
      for (const one of [...mail.to, ...mail.cc])
        expect(hasForm(one) || !isValidAddress(one.address)).toBe(true)
      unreadableMail(bytes, 'test')
    }
  })

  it('gives the LF and the CRLF copy of a mail the same identity', () => {
    const lf = join(root, 'git-sisimai/maildir/bsd')
    const crlf = join(root, 'git-sisimai/maildir/dos')
    if (!existsSync(lf) || !existsSync(crlf)) return
    const both = readdirSync(lf).filter((name) => existsSync(join(crlf, name)))
    for (const name of both) {
      const [one, two] = [lf, crlf].map((dir) => parseMail(readFileSync(join(dir, name))))
      expect([name, one?.rfcId, one?.subject, one?.from]).toEqual([
        name,
        two?.rfcId,
        two?.subject,
        two?.from,
      ])
    }
  })
})
