// The last look reads the final bytes as a receiver does: every part, every header, decoded.
import { describe, expect, it } from 'vitest'
import { composeMail, type ComposeAttachment } from '#main/mail/compose'
import { refuseLeaks } from '#main/outbox/refuseLeaks'

const secrets = {
  followers: [{ name: 'Béla Bartók-Bright', address: 'ben@desk.test' }],
  privateTexts: ['The customer owes us three thousand two hundred and six euros.'],
  publicTexts: ['Please pour some water on it.'],
}

async function look(attachment: Partial<ComposeAttachment>, html = '<p>Water.</p>'): Promise<void> {
  const { bytes } = await composeMail({
    from: { name: 'Ada', address: 'help@desk.test' },
    to: [{ name: '', address: 'carol@customer.test' }],
    subject: 'Printer',
    text: 'Please pour some water on it.',
    html,
    messageId: 'one@desk.test',
    date: 0,
    attachments: [
      { name: 'water.txt', type: 'text/plain', content: Buffer.from('x'), ...attachment },
    ],
  })
  refuseLeaks(bytes, secrets)
}

describe('refuseLeaks', () => {
  it('lets through what tells nothing', async () => {
    await expect(look({})).resolves.toBeUndefined()
  })

  it.each([
    ['a file name with a follower’s address', { name: 'from ben@desk.test.txt' }],
    ['an encoded file name with a follower’s name', { name: 'Béla Bartók-Bright – notes.txt' }],
    [
      'a long file name that is cut into pieces',
      { name: `${'Übersicht '.repeat(12)}Béla Bartók-Bright.txt` },
    ],
    ['a Content-ID', { cid: 'ben@desk.test', type: 'image/png', name: 'a.png' }],
  ])('refuses %s', async (_, attachment) => {
    await expect(look(attachment)).rejects.toThrow(/Not sent: this mail names a follower/)
  })

  it.each([
    ['<p>The customer owes us three thousand <b>two hundred</b> and six euros.</p>', /private/],
    ['<p>Ask ben&#64;desk.test</p>', /follower’s address/],
    ['<p>Water.</p><!-- B&eacute;la ben@desk.test -->', /follower’s address/],
  ])('refuses the HTML %s', async (html, words) => {
    await expect(look({}, html)).rejects.toThrow(words)
  })
})
