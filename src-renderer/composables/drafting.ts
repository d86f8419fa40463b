export type { ComposerMode } from '#shared/ipc/contract'

/** A reply for later. */
export interface Later {
  /** Epoch ms, reckoned in this person's time zone. */
  readonly sendAt: number
  /** Held instead of sent when somebody has written meanwhile. */
  readonly onlyIfQuiet: boolean
}

/** Nothing that could be sent: neither a word nor a picture. */
export function isBlank({ text, html }: { text: string; html: string | null }): boolean {
  return text.trim() === '' && html === null
}
