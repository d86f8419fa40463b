// IDNA for the domain of an address, small and total. A label that cannot be encoded safely is left
// as it is, so that the validity check of `rules/address` refuses it instead of guessing.

const BASE = 36
const T_MIN = 1
const T_MAX = 26
const SKEW = 38
const DAMP = 700
const INITIAL_BIAS = 72
const INITIAL_N = 128
/** RFC 1035 §2.3.4. */
const MAX_LABEL = 63

const digitOf = (value: number) => String.fromCharCode(value < 26 ? value + 97 : value + 22)

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / DAMP) : delta >> 1
  rest += Math.floor(rest / count)
  let k = 0
  while (rest > ((BASE - T_MIN) * T_MAX) >> 1) {
    rest = Math.floor(rest / (BASE - T_MIN))
    k += BASE
  }
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW))
}

function variableLength(delta: number, bias: number): string {
  let output = ''
  let rest = delta
  for (let k = BASE; ; k += BASE) {
    const threshold = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias
    if (rest < threshold) return output + digitOf(rest)
    output += digitOf(threshold + ((rest - threshold) % (BASE - threshold)))
    rest = Math.floor((rest - threshold) / (BASE - threshold))
  }
}

/** Punycode of a text without the `xn--` prefix (RFC 3492 §6.3). Callers bound its length. */
export function encodePunycode(text: string): string {
  const points = Array.from(text, (char) => char.codePointAt(0) ?? 0)
  const basic = points.filter((point) => point < INITIAL_N)
  let output = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '')
  let n = INITIAL_N
  let delta = 0
  let bias = INITIAL_BIAS
  let done = basic.length
  while (done < points.length) {
    const next = points.reduce((least, p) => (p >= n && p < least ? p : least), Infinity)
    delta += (next - n) * (done + 1)
    n = next
    for (const point of points) {
      if (point < n) delta += 1
      if (point !== n) continue
      output += variableLength(delta, bias)
      bias = adapt(delta, done + 1, done === basic.length)
      delta = 0
      done += 1
    }
    delta += 1
    n += 1
  }
  return output
}

// RFC 5892 in short: letters, marks and digits, the hyphen and four contextual points. Joiners,
// invisible characters and symbols are refused: nobody can see them on a chip.
const U_LABEL = /^(?!\p{M}|xn--|.*\p{DI})[\p{L}\p{M}\p{N}\-\u00b7\u0375\u05f3\u05f4\u30fb]+$/u

function labelToAscii(label: string): string {
  if (/^[\0-\x7f]*$/.test(label) || label.length > 2 * MAX_LABEL || !U_LABEL.test(label))
    return label
  return `xn--${encodePunycode(label)}`
}

// Capital sigma first: `toLowerCase` makes it final or not by its neighbours, IDNA never does.
const foldCase = (text: string) => text.replaceAll('\u03a3', '\u03c3').toLowerCase()

/** Domain as lower-case A-labels (RFC 5890 §2.3.2.1, mapped like UTS 46 non-transitional). */
export function domainToAscii(domain: string): string {
  if (/^[\0-\x7f]*$/.test(domain)) return domain.toLowerCase()
  const mapped = foldCase(domain.normalize('NFKC')).normalize('NFKC')
  // A wide `＠` must not become the sign at which an address is split the next time.
  if (mapped.includes('@')) return foldCase(domain.normalize('NFC')).normalize('NFC')
  return mapped.replaceAll('\u3002', '.').split('.').map(labelToAscii).join('.')
}
