import fc from 'fast-check'
import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inlineImageType } from '#main/electron/mailDocument'
import { sanitizeMail } from '#main/mail/html'
import { readPicture, shownPictureType } from '#main/mail/picture'
import { onePixel } from '#support/electron/hostileMails'

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(40)])
const hex = (text: string): Buffer => padded(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** A PNG of one colour: what is not compressed away are a few kilobytes. */
function png(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(name, 'latin1'), data, Buffer.alloc(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 0], 8)
  const data = deflateSync(Buffer.alloc(100_000))
  const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([start, chunk('IHDR', head), chunk('IDAT', data)])
}

describe('a picture', () => {
  it.each([
    ['PNG', onePixel, 'image/png', 1, 1],
    ['GIF', hex('474946383961 4001 f000'), 'image/gif', 320, 240],
    [
      'JPEG behind other segments',
      hex('ffd8 ffe0 0010 4a464946000101000001 00010000 ffff c2 0011 08 00f0 0140 03'),
      'image/jpeg',
      320,
      240,
    ],
    [
      'WebP, lossy',
      Buffer.concat([
        Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1'),
        hex('00000000 000000 9d012a 4001 f000'),
      ]),
      'image/webp',
      320,
      240,
    ],
    [
      'WebP, lossless',
      Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8L', 'latin1'), hex('00000000 2f 3fc13b00')]),
      'image/webp',
      320,
      240,
    ],
    [
      'WebP, extended',
      Buffer.concat([
        Buffer.from('RIFF\0\0\0\0WEBPVP8X', 'latin1'),
        hex('0a000000 00000000 3f0100 ef0000'),
      ]),
      'image/webp',
      320,
      240,
    ],
  ])('says what it is: %s', (_, bytes, type, width, height) => {
    expect(readPicture(bytes)).toEqual({ type, width, height })
    expect(shownPictureType(bytes)).toBe(type)
  })

  it.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>'],
    ['a page', '<html><body>a page that says it is a picture</body></html>'],
    ['the beginning of a JPEG', '\xff\xd8\xff\xe0'],
    ['a JPEG without a frame', `\xff\xd8\xff\xd9${'\0'.repeat(40)}`],
    ['another RIFF', `RIFF\0\0\0\0WAVEfmt ${'\0'.repeat(40)}`],
    ['nothing', ''],
  ])('is not %s', (_, text) => {
    expect(shownPictureType(Buffer.from(text, 'latin1'))).toBeNull()
  })

  it('is read whatever the bytes are', () => {
    const start = fc.constantFrom(
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      '\xff\xd8\xff',
      'RIFF\0\0\0\0WEBPVP8',
    )
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), (text, rest) => {
        readPicture(Buffer.concat([Buffer.from(text, 'latin1'), rest]))
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('a picture that unpacks to more than 50 million pixels', () => {
  const bomb = png(50_000, 50_000)

  it('is small itself and is not shown, neither as a part nor inside the HTML', () => {
    expect(bomb.length).toBeLessThan(1_000)
    expect(inlineImageType({ type: 'image/png', bytes: bomb })).toBeNull()
    const shown = (bytes: Buffer): string =>
      sanitizeMail(`<img src="data:image/png;base64,${bytes.toString('base64')}">`, () => null).html
    expect(shown(bomb)).toBe('')
    expect(shown(png(7_000, 7_000))).toContain('data:image/png')
  })

  it('is the limit of the catalogue to the pixel', () => {
    expect(shownPictureType(png(50_000, 1_000))).toBe('image/png')
    expect(shownPictureType(png(50_000, 1_001))).toBeNull()
  })
})
