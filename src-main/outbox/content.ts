// What an agent wrote becomes what mails carry: the HTML sanitised again, its text alternative, and the staged files.
import { AppError } from '#shared/ipc/errors'
import type { OutgoingFile } from '#shared/model/customerMail'
import { domainOf } from '#shared/rules/address'
import { findStaged, type StoredFile } from '../db/stagedFiles'
import type { Reader } from '../db/write'
import { sanitizeMail, textFromHtml } from '../mail/html'

export interface WrittenContent {
  readonly text: string
  readonly html: string | null
  readonly attachmentIds: readonly string[]
}

export interface Content {
  readonly text: string
  readonly html: string | null
  readonly files: readonly OutgoingFile[]
}

async function filesOf(db: Reader, ids: readonly string[]): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  for (const id of ids) {
    const file = await findStaged(db, id)
    if (file === undefined) {
      throw new AppError('not-found', 'A file of this draft is gone: attach it again, then send.', {
        because: 'file-gone',
      })
    }
    files.push(file)
  }
  return files
}

/** The sanitiser lets through schemes of ours only; this one becomes `cid:` (RFC 2392) behind it. */
const passing = /(<img\b[^>]*\bsrc=")mail-part:([\w-]{1,64})"/g

/**
 * Equal input gives equal content. The text alternative comes from the HTML, so that both parts say the same.
 * @throws AppError `not-found` when a file is no longer staged
 */
export async function contentOf(
  db: Reader,
  mailbox: string,
  written: WrittenContent,
): Promise<Content> {
  const files = await filesOf(db, written.attachmentIds)
  const inline = new Set(files.filter((file) => file.isInline).map((file) => file.id))
  const cidOf = (id: string): string => `${id}@${domainOf(mailbox)}`
  const shown = new Set<string>()
  const html =
    written.html === null
      ? null
      : sanitizeMail(written.html, (cid) =>
          inline.has(cid) ? `mail-part:${cid}` : null,
        ).html.replace(passing, (_whole, before: string, id: string) => {
          shown.add(id)
          return `${before}cid:${cidOf(id)}"`
        })
  return {
    // The editor puts a paragraph into each item of a list; as text an item is one line.
    text: html === null ? written.text : textFromHtml(html.replaceAll('<li><p>', '<li>')),
    html,
    // A picture that was deleted from the text again goes with nobody.
    files: files.flatMap(({ id, name, type, isInline, bytes }) =>
      isInline && !shown.has(id)
        ? []
        : [{ name, type, content: bytes, cid: isInline ? cidOf(id) : null }],
    ),
  }
}
