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
    expect(knownServers('support@desk.test')).toMatchObject({ source: 'guess' })
    expect(knownServers(address)).toBeUndefined()
  })
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
    expect(chooseServers(address, { ...nothing, isOffline: true })).toMatchObject({
      source: 'guess',
      isOffline: true,
      imap: { host: 'imap.firm.org' },
    })
  })
})

describe('an autoconfig file', () => {
  it.each([
    ['unencrypted', autoconfig('imap.firm.org').replaceAll('SSL', 'plain')],
    ['OAuth alone', autoconfig('imap.firm.org').replaceAll('password-cleartext', 'OAuth2')],
    ['a host that is none', autoconfig('imap.firm.org/../x')],
    ['a port out of range', autoconfig('imap.firm.org').replace('993', '99999')],
    ['nothing', 'not found'],
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
})
