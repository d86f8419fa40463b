const suffix = '-images'

/** Name of the frame of a mail: with pictures from the internet it is another one. */
export const frameIdOf = (mailId: string, withImages: boolean): string =>
  withImages ? `${mailId}${suffix}` : mailId

export const showsImages = (frameId: string): boolean => frameId.endsWith(suffix)

export const mailIdOf = (frameId: string): string =>
  showsImages(frameId) ? frameId.slice(0, -suffix.length) : frameId
