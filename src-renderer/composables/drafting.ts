import type { StagedFile } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'

export type { ComposerMode } from '#shared/ipc/contract'

/** A reply for later. */
export interface Later {
  /** Epoch ms, reckoned in this person's time zone. */
  readonly sendAt: number
  /** Held instead of sent when somebody has written meanwhile. */
  readonly onlyIfQuiet: boolean
}

/** The draft as it stands in its store. */
export interface DraftText {
  readonly text: string
  readonly html: string | null
  readonly audience: readonly MailAddress[]
  readonly files: readonly StagedFile[]
  readonly follow: boolean
  readonly isSending: boolean
}

/** Nothing that could be sent: neither a word nor a picture. */
export function isBlank({ text, html }: { text: string; html: string | null }): boolean {
  return text.trim() === '' && html === null
}
