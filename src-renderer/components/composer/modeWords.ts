import { wordsOf } from '../../i18n'

export const modeTitles = wordsOf({
  public: 'composer.public',
  internal: 'composer.internal',
  private: 'composer.private',
})
/** Name the text itself. */
export const modeLabels = wordsOf({
  public: 'composer.textPublic',
  internal: 'composer.textInternal',
  private: 'composer.textPrivate',
})
export const modeHints = wordsOf({
  public: 'composer.hintPublic',
  internal: 'composer.hintInternal',
  private: 'composer.hintPrivate',
})
