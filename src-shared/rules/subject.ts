// The prefixes that mail programs of the world stack on a subject (RFC 5322 §3.6.5 knows only Re:).
const prefix =
  /\s*(?:re|fwd?|aw|wg|sv|vs|antw|rv|回复|答复|转发)\s*(?:\[\d{1,4}\]|\(\d{1,4}\))?\s*[::]/iy

/** A subject without stacked reply and forward prefixes; one that is nothing else stays (§5). */
export function bareSubject(subject: string): string {
  let from = 0
  for (;;) {
    prefix.lastIndex = from
    if (!prefix.test(subject)) break
    from = prefix.lastIndex
  }
  const rest = subject.slice(from).trim()
  return rest === '' ? subject.trim() : rest
}
