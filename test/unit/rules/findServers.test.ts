import { describe, expect, it } from 'vitest'
import {
  chooseServers,
  isReservedDomain,
  knownServers,
  readAutoconfig,
  type LookedUp,
} from '#shared/rules/findServers'

const nothing: LookedUp = {
  imaps: [],
  imap: [],
  submissions: [],
  submission: [],
  mx: [],
  autoconfig: [],
  isOffline: false,
}
const address = 'support@firm.org'
const srv = (name: string, port: number, priority = 0, weight = 0) => ({
  name,
  port,
  priority,
  weight,
})
const autoconfig = (imapHost: string, more = '') => `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="firm.org">
  <incomingServer type="pop3"><hostname>pop.firm.org</hostname><port>995</port>
    <socketType>SSL</socketType><authentication>password-cleartext</authentication></incomingServer>
  ${more}
  <incomingServer type="imap"><hostname>${imapHost}</hostname><port>993</port>
    <socketType>SSL</socketType><username>%EMAILLOCALPART%</username>
    <authentication>password-cleartext</authentication></incomingServer>
  <outgoingServer type="smtp"><hostname>mail.firm.org</hostname><port>587</port>
    <socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username>
    <authentication>password-cleartext</authentication></outgoingServer>
</emailProvider></clientConfig>`

describe('what the app ships', () => {
  it('knows a big provider and that it wants an app password', () => {
    expect(knownServers('desk@gmail.com')).toMatchObject({
      source: 'known',
      provider: 'Google',
      password: 'app-password',
      foreignHosts: [],
      imap: { host: 'imap.gmail.com', port: 993, security: 'tls', user: 'desk@gmail.com' },
    })
  })

  it('asks nobody about a reserved name', () => {
    expect(isReservedDomain('desk.test')).toBe(true)
    expect(isReservedDomain('contest')).toBe(false)
    expect(isReservedDomain('test.firm.org')).toBe(false)
    expect(isReservedDomain('LOCALHOST')).toBe(true)
    expect(knownServers('support@desk.test')).toMatchObject({ source: 'guess' })
    expect(knownServers(address)).toBeUndefined()
  })

  it('names the usual encrypted servers of a reserved name, and calls that a guess', () => {
    const user = 'support@desk.test'
    expect(knownServers(user)).toEqual({
      source: 'guess',
      provider: '',
      password: 'usual',
      imap: { host: 'imap.desk.test', port: 993, security: 'tls', user },
      smtp: { host: 'smtp.desk.test', port: 465, security: 'tls', user },
      foreignHosts: [],
      isOffline: false,
    })
  })

  it.each(['desk@GMAIL.com ', '"sales@home"@gmail.com'])(
    'goes by what stands behind the last @ of %j',
    (typed) => {
      expect(knownServers(typed)?.provider).toBe('Google')
    },
  )
})

describe('what a domain says', () => {
  it('takes the SRV record of lowest priority, then highest weight (RFC 2782)', () => {
    const found = chooseServers(address, {
      ...nothing,
      imaps: [
        srv('b.firm.org', 993, 10),
        srv('a.firm.org', 993, 1, 1),
        srv('c.firm.org', 993, 1, 9),
      ],
      submission: [srv('mail.firm.org', 587)],
    })
    expect(found).toMatchObject({
      source: 'srv',
      imap: { host: 'c.firm.org', security: 'tls' },
      smtp: { host: 'mail.firm.org', port: 587, security: 'starttls' },
      foreignHosts: [],
    })
  })

  it('takes a target of “.” for “no such service” (RFC 6186 §3.4)', () => {
    const found = chooseServers(address, {
      ...nothing,
      imaps: [srv('.', 0)],
      imap: [srv('mail.firm.org', 143)],
      submissions: [srv('mail.firm.org', 465)],
    })
    expect(found.imap).toMatchObject({ host: 'mail.firm.org', port: 143, security: 'starttls' })
  })

  it('believes its own file before DNS, and names hosts of other domains', () => {
    const found = chooseServers(address, {
      ...nothing,
      autoconfig: [autoconfig('imap.provider.net')],
      imaps: [srv('imap.firm.org', 993)],
      submissions: [srv('smtp.firm.org', 465)],
    })
    expect(found).toMatchObject({
      source: 'autoconfig',
      imap: { host: 'imap.provider.net', user: 'support' },
      smtp: { host: 'mail.firm.org', user: address },
      foreignHosts: ['imap.provider.net'],
    })
  })

  it('writes the name of a host without the dot that ends it in DNS', () => {
    const found = chooseServers(address, {
      ...nothing,
      imaps: [srv('imap.firm.org.', 993)],
      submissions: [srv('firm.org.', 465)],
    })
    expect(found).toMatchObject({
      source: 'srv',
      imap: { host: 'imap.firm.org' },
      smtp: { host: 'firm.org' },
      foreignHosts: [],
    })
  })

  it.each<[string, Partial<LookedUp>]>([
    ['no server to send by', { imaps: [srv('imap.firm.org', 993)] }],
    ['no server to read from', { submissions: [srv('smtp.firm.org', 465)] }],
    ['no port', { imaps: [srv('imap.firm.org', 0)], submissions: [srv('smtp.firm.org', 465)] }],
    [
      'a name that begins with what no name has',
      { imaps: [srv('me@imap.firm.org', 993)], submissions: [srv('smtp.firm.org', 465)] },
    ],
    [
      'a name that ends with what no name has',
      { imaps: [srv('imap.firm.org/x', 993)], submissions: [srv('smtp.firm.org', 465)] },
    ],
  ])('is not taken when it names %s', (_what, found) => {
    expect(chooseServers(address, { ...nothing, ...found }).source).toBe('guess')
  })

  it('passes over a file that is none, and a mail exchanger nobody knows, to the next', () => {
    const files = ['not found', autoconfig('imap.firm.org')]
    expect(chooseServers(address, { ...nothing, autoconfig: files }).source).toBe('autoconfig')
    const mx = ['mx.firm.org', 'firm-org.mail.protection.outlook.com']
    expect(chooseServers(address, { ...nothing, mx }).provider).toBe('Microsoft 365')
  })

  it('is not fooled by a domain that ends alike', () => {
    const found = chooseServers(address, {
      ...nothing,
      imaps: [srv('evilfirm.org', 993)],
      submissions: [srv('firm.org.evil.net', 465)],
    })
    expect(found.foreignHosts).toEqual(['evilfirm.org', 'firm.org.evil.net'])
  })

  it('goes by who receives the mail, and says so', () => {
    const found = chooseServers(address, {
      ...nothing,
      mx: ['firm-org.mail.protection.outlook.com'],
    })
    expect(found).toMatchObject({
      source: 'mx',
      provider: 'Microsoft 365',
      password: 'not-accepted',
      foreignHosts: ['outlook.office365.com', 'smtp.office365.com'],
    })
  })

  it('names the usual hosts where nothing is known', () => {
    expect(chooseServers(address, { ...nothing, isOffline: true })).toEqual({
      source: 'guess',
      provider: '',
      password: 'usual',
      imap: { host: 'imap.firm.org', port: 993, security: 'tls', user: address },
      smtp: { host: 'smtp.firm.org', port: 465, security: 'tls', user: address },
      foreignHosts: [],
      isOffline: true,
    })
  })
})

describe('an autoconfig file', () => {
  it.each([
    ['unencrypted', autoconfig('imap.firm.org').replaceAll('SSL', 'plain')],
    ['OAuth alone', autoconfig('imap.firm.org').replaceAll('password-cleartext', 'OAuth2')],
    ['a host that is none', autoconfig('imap.firm.org/../x')],
    ['a port out of range', autoconfig('imap.firm.org').replace('993', '99999')],
    ['a port that is none', autoconfig('imap.firm.org').replace('993', 'imap')],
    ['half a port', autoconfig('imap.firm.org').replace('993', '99.5')],
    ['port 0', autoconfig('imap.firm.org').replace('993', '0')],
    ['no port', autoconfig('imap.firm.org').replace('<port>993</port>', '')],
    ['no host', autoconfig('').replace('<hostname></hostname>', '')],
    ['a host behind a name', autoconfig('me@imap.firm.org')],
    ['no word on encryption', autoconfig('imap.firm.org').replaceAll(/<socketType>\w+.*?>/g, '')],
    [
      'OAuth alone, in an element that says more',
      autoconfig('imap.firm.org').replaceAll(
        '<authentication>password-cleartext',
        '<authentication kind="any">OAuth2',
      ),
    ],
    [
      'a way that only ends with the word password',
      autoconfig('imap.firm.org').replaceAll('password-cleartext', 'one-time password'),
    ],
    ['incoming servers alone', autoconfig('imap.firm.org').replace('"smtp"', '"other"')],
    ['nothing', 'not found'],
    ['64 KiB before its servers', `${' '.repeat(65_536)}${autoconfig('imap.firm.org')}`],
    ['a comment', `<!-- ${autoconfig('imap.firm.org')} -->`],
  ])('with %s is not taken', (_what, text) => {
    expect(readAutoconfig(text, address)).toBeUndefined()
  })

  it('passes over an OAuth server to the next that takes a password', () => {
    const oauth = `<incomingServer type="imap"><hostname>oauth.firm.org</hostname><port>993</port>
      <socketType>SSL</socketType><authentication>OAuth2</authentication></incomingServer>`
    expect(readAutoconfig(autoconfig('imap.firm.org', oauth), address)?.imap.host).toBe(
      'imap.firm.org',
    )
  })

  const plain = autoconfig('imap.firm.org')
  const password = '<authentication>password-cleartext</authentication>'

  it.each([
    ['as it is', plain],
    ['in capitals', plain.replaceAll(/hostname|"imap"/g, (word) => word.toUpperCase())],
    ['with space around its words', plain.replaceAll(/>(?=[\w%])/g, '>\n ')],
    ['with a comment in it', plain.replace('imap.firm', 'imap<!-- new -->.firm')],
    ['with no word on passwords', plain.replaceAll(password, '')],
    [
      'with OAuth beside the password',
      plain.replaceAll(password, `<authentication>OAuth2</authentication>${password}`),
    ],
  ])('is read %s', (_what, text) => {
    expect(readAutoconfig(text, address)).toEqual({
      imap: { host: 'imap.firm.org', port: 993, security: 'tls', user: 'support' },
      smtp: { host: 'mail.firm.org', port: 587, security: 'starttls', user: address },
    })
  })

  it.each(['1', '65535'])('may name port %s', (port) => {
    const text = plain.replace('993', port)
    expect(readAutoconfig(text, address)?.imap.port).toBe(Number(port))
  })

  it('that says nothing of a user means the whole address', () => {
    const text = plain.replace('<username>%EMAILLOCALPART%</username>', '')
    expect(readAutoconfig(text, address)?.imap.user).toBe(address)
  })
})
