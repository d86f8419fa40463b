// Names of attachments, chosen by strangers: what may become a file name here, and what should not
// be opened without a question.

// Types that run code or load more when opened by the system. A list can only warn; it never clears.
const risky = new Set(
  (
    'exe com scr pif bat cmd ps1 psm1 msi msp mst msix appx appinstaller hta cpl jar js jse vb vbs vbe ws wsf wsh ' +
    'lnk url scf reg inf gadget chm hlp iso img vhd vhdx one library-ms search-ms settingcontent-ms ' +
    'app dmg pkg mpkg command tool workflow scpt terminal webloc fileloc ' +
    'sh bash zsh run desktop appimage deb rpm flatpakref py pl rb php ' +
    'html htm xhtml xht shtml mht mhtml svg svgz xml xsl swf ' +
    'docm dotm xlsm xltm xlam xll pptm potm ppam sldm xlsb slk iqy rdp'
  ).split(' '),
)

const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** A name for the file system: no separators, control or reversing characters, at most 120 long. */
export function safeFileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[\\/:*?"<>|%]/g, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  const short = shorten(plain)
  return short === '' || reserved.test(short) ? `attachment-${short}`.replace(/-$/, '') : short
}

function shorten(name: string): string {
  const longest = 120
  const characters = Array.from(name)
  if (characters.length <= longest) return name
  const ending = /\.[^.\s]{1,10}$/.exec(name)?.[0] ?? ''
  return characters.slice(0, longest - ending.length).join('') + ending
}

/** The ending that makes this file risky, or null. `invoice.pdf.exe` and `x.EXE .` count by their last. */
export function riskyEnding(name: string): string | null {
  const ending = /\.([^.]+)$/.exec(safeFileName(name))?.[1]?.toLowerCase() ?? ''
  return risky.has(ending) ? `.${ending}` : null
}
