import type { FrameExtras } from '#shared/ipc/contract'

const ending = /(-whole)?(-quoted)?(-images)?$/

/** Name of the frame of a mail: whole, with its quote, or with pictures from the internet, it is another one. */
export function frameIdOf(mailId: string, extras: FrameExtras): string {
  const { isWhole, withQuote, withImages } = extras
  return `${mailId}${isWhole ? '-whole' : ''}${withQuote ? '-quoted' : ''}${withImages ? '-images' : ''}`
}

export function extrasOf(frameId: string): FrameExtras {
  const [, whole, quoted, images] = ending.exec(frameId) ?? []
  return {
    isWhole: whole !== undefined,
    withQuote: quoted !== undefined,
    withImages: images !== undefined,
  }
}

export const mailIdOf = (frameId: string): string => frameId.replace(ending, '')
