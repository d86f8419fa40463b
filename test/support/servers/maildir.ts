// Reads and writes Maildirs beside the server: fast loading, and a look that no client disturbs.
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRoot } from './system'

export type StoredMail = { raw: string; flags: string; receivedAt: number | null }
export type MailToStore = {
  raw: Buffer | string
  /** Maildir letters: S seen, R answered, F flagged. Absent: the mail is new. */
  flags?: string
  /** Epoch ms: becomes INTERNALDATE. */
  receivedAt?: number
}

/** `Copydesk/Journal` → the directory Dovecot keeps it in (Maildir++). */
export function folderDirectory(maildir: string, folder: string): string {
  return folder.toUpperCase() === 'INBOX'
    ? maildir
    : join(maildir, `.${folder.replaceAll('/', '.')}`)
}

/** All mails of one folder, oldest first, with LF line ends as they lie on disk. */
export async function readMaildir(dir: string): Promise<StoredMail[]> {
  const found: { name: string; path: string }[] = []
  for (const part of ['cur', 'new']) {
    const names = await readdir(join(dir, part)).catch(() => [])
    found.push(...names.map((name) => ({ name, path: join(dir, part, name) })))
  }
  found.sort((a, b) => (a.name < b.name ? -1 : 1))
  const mails = found.map(async ({ name, path }) => {
    // latin1: every byte stays what it is
    const raw = await readFile(path, 'latin1').catch(() => null)
    return raw === null ? null : { raw, flags: name.split(':2,')[1] ?? '', receivedAt: null }
  })
  return (await Promise.all(mails)).filter((mail) => mail !== null)
}

let counter = 0

/** Writes mails into one folder. Line ends become LF, as Dovecot stores them. */
export async function writeMaildir(
  dir: string,
  mails: readonly MailToStore[],
  owner: { uid: number; gid: number },
): Promise<void> {
  for (const path of [dir, ...['cur', 'new', 'tmp'].map((part) => join(dir, part))]) {
    await mkdir(path, { recursive: true })
    if (isRoot) await chown(path, owner.uid, owner.gid)
  }
  const tag = randomBytes(4).toString('hex')
  for (const { raw, flags, receivedAt } of mails) {
    const text = (typeof raw === 'string' ? raw : raw.toString('latin1')).replaceAll('\r\n', '\n')
    const bytes = Buffer.from(text, typeof raw === 'string' ? 'utf8' : 'latin1')
    // Dovecot counts a line end as two bytes, unless it is two already (a CR that was there before).
    const lines = text.match(/(?<!\r)\n/g)?.length ?? 0
    const at = receivedAt ?? Date.now()
    const order = String(counter++).padStart(8, '0')
    // S and W spare Dovecot the opening of every file to learn its size.
    const base = `${Math.floor(at / 1000)}.M${order}P${tag}.test,S=${bytes.length},W=${bytes.length + lines}`
    const path =
      flags === undefined ? join(dir, 'new', base) : join(dir, 'cur', `${base}:2,${flags}`)
    await writeFile(path, bytes)
    await utimes(path, at / 1000, at / 1000)
    if (isRoot) await chown(path, owner.uid, owner.gid)
  }
}
