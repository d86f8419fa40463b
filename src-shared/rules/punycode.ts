const BASE = 36
const T_MIN = 1
const T_MAX = 26
const MAX_LABEL = 63

const valueOf = (code: number): number => {
  if (code >= 48 && code < 58) return code - 22
  if (code >= 97 && code < 123) return code - 97
  return BASE
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / 700) : delta >> 1
  rest += Math.floor(rest / count)
  let k = 0
  while (rest > ((BASE - T_MIN) * T_MAX) >> 1) {
    rest = Math.floor(rest / (BASE - T_MIN))
    k += BASE
  }
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + 38))
}

/** The text of a label without its `xn--` prefix (RFC 3492 §6.2); null when it is none. For reading only. */
export function decodePunycode(label: string): string | null {
  if (label.length > MAX_LABEL) return null
  const cut = label.lastIndexOf('-')
  const points = Array.from(label.slice(0, Math.max(cut, 0)), (char) => char.charCodeAt(0))
  let n = 128
  let i = 0
  let bias = 72
  for (let at = cut < 0 ? 0 : cut + 1; at < label.length;) {
    const before = i
    let weight = 1
    for (let k = BASE; ; k += BASE) {
      const digit = valueOf(label.charCodeAt(at++))
      // Past the end the code is NaN, which is no digit either.
      if (!(digit < BASE)) return null
      i += digit * weight
      const threshold = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias
      if (digit < threshold) break
      weight *= BASE - threshold
    }
    const count = points.length + 1
    bias = adapt(i - before, count, before === 0)
    n += Math.floor(i / count)
    if (n > 0x10ffff) return null
    points.splice(i % count, 0, n)
    i = (i % count) + 1
  }
  return String.fromCodePoint(...points)
}
