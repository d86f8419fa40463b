// Links whose text names one site and whose target is another: the oldest trick of all.

const link = /<a\s[^>]*\bhref="([^"]{1,2048})"[^>]*>(.{0,2000}?)<\/a>/gis
const namedHost = /^(?:https?:\/\/)?(?:[^\s/@]+@)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,24})(?:[:/?#]\S*)?$/iu

function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname.replace(/^www\./, '')
  } catch {
    return null
  }
}

const isUnder = (host: string, other: string) => host === other || host.endsWith(`.${other}`)

/** Targets, as a click names them, of http links in sanitised HTML whose text is the name of another site. */
export function misleadingLinks(html: string): string[] {
  const found = new Set<string>()
  for (const [, href = '', inner = ''] of html.matchAll(link)) {
    const url = href.replaceAll('&amp;', '&')
    const text = inner
      .replace(/<[^>]*>/g, '')
      .replaceAll('&amp;', '&')
      .trim()
    const named = namedHost.exec(text)?.[1]
    const target = /^https?:/i.test(url) ? hostOf(url) : null
    const shown = named === undefined ? null : hostOf(`https://${named}`)
    if (target === null || shown === null) continue
    if (!isUnder(target, shown) && !isUnder(shown, target)) found.add(new URL(url).href)
  }
  return [...found]
}
