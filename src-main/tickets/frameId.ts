const ending = /(-quoted)?(-images)?$/

/** What a mail's frame shows beyond what its author wrote. */
export interface FrameExtras {
  /** The mail it answers, at its end. */
  readonly withQuote: boolean
  /** Pictures from the internet. */
  readonly withImages: boolean
}

/** Name of the frame of a mail: with its quote, or with pictures from the internet, it is another one. */
export const frameIdOf = (mailId: string, { withQuote, withImages }: FrameExtras): string =>
  `${mailId}${withQuote ? '-quoted' : ''}${withImages ? '-images' : ''}`

export function extrasOf(frameId: string): FrameExtras {
  const [, quoted, images] = ending.exec(frameId) ?? []
  return { withQuote: quoted !== undefined, withImages: images !== undefined }
}

export const mailIdOf = (frameId: string): string => frameId.replace(ending, '')
