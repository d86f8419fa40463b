import type { ComposerMode, StagedFile } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { newId } from '../db/ids'
import { insertStaged, stagedSize } from '../db/stagedFiles'
import type { Core } from '../tickets/core'

/** Bytes of all files of one mail; base64 makes a third more of it, and few servers take over 35 MB. */
export const maxStagedBytes = 25_000_000

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
const typePattern = /^[\w.+-]{1,60}\/[\w.+-]{1,100}$/

/** A name other people's systems can keep: no path, no control or reversing characters. */
export function outgoingName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .replace(/^.*[\\/]/u, '')
    .replace(/^[\s.]+|[\s.]+$/gu, '')
  const characters = Array.from(plain)
  if (characters.length <= 120) return plain === '' ? 'attachment' : plain
  const ending = /\.[^.\s]{1,10}$/u.exec(plain)?.[0] ?? ''
  return characters.slice(0, 120 - ending.length).join('') + ending
}

/** Keeps a file until its draft is sent. @throws AppError `refused` when the mail would grow too big */
export async function stageFile(
  core: Core,
  input: {
    draftId: string
    mode: ComposerMode
    name: string
    type: string
    bytes: Uint8Array
    isInline: boolean
  },
): Promise<StagedFile> {
  const { draftId, mode, bytes } = input
  const type = typePattern.test(input.type) ? input.type.toLowerCase() : 'application/octet-stream'
  const name = outgoingName(input.name)
  if (bytes.length === 0)
    throw new AppError('invalid-input', `“${name}” is empty.`, { because: 'file-empty' })
  return core.db.write('outbox.stageFile', async (tx) => {
    if ((await stagedSize(tx, { draftId, mode })) + bytes.length > maxStagedBytes) {
      throw new AppError(
        'refused',
        `“${name}” is too big: all files of a mail together may have 25 MB. Send a link instead.`,
        { because: 'files-too-big' },
      )
    }
    const isInline = input.isInline && pictures.has(type)
    const file = { id: newId(), name, type, isInline, bytes: Buffer.from(bytes) }
    return insertStaged(tx, { draftId, mode }, file, core.now())
  })
}
