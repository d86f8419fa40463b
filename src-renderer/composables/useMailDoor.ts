import type { FrameExtras, ImageScope, MailImages } from '#shared/ipc/contract'
import { inject, provide, type InjectionKey } from 'vue'

export interface FrameAnswer {
  readonly height: number
  readonly hasRemote: boolean
  readonly hasQuote: boolean
  /** It is very long: this frame shows its beginning. */
  readonly isCut: boolean
  /** Its plain text says something else. */
  readonly partsDiffer: boolean
  readonly images: MailImages
}

/** What a comment, deep in the conversation, may ask for its mail. */
export interface MailDoor {
  readonly frameHeight: (mailId: string, extras: FrameExtras) => Promise<FrameAnswer>
  readonly showImages: (mailId: string, scope: ImageScope) => Promise<void>
  readonly openLink: (url: string) => void
  readonly openAttachment: (id: string) => void
  readonly saveAttachment: (id: string) => void
}

const key: InjectionKey<MailDoor> = Symbol('mail')

export function provideMailDoor(door: MailDoor): void {
  provide(key, door)
}

export function useMailDoor(): MailDoor {
  const door = inject(key)
  if (door === undefined) throw new Error('The view must call provideMailDoor')
  return door
}
