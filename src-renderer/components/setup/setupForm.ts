import type { AccountInput, ServerSettings } from '#shared/model/account'

export type Security = ServerSettings['security']

/** What the first screen holds while one types: ports are text until they are sent. */
export interface ServerForm {
  host: string
  port: string
  security: Security
  user: string
  /** Empty: the same as the mailbox password. */
  password: string
}

export interface SetupForm {
  address: string
  password: string
  mailboxName: string
  agentName: string
  agentAddress: string
  imap: ServerForm
  smtp: ServerForm
}

const ports: Record<'imap' | 'smtp', Record<Security, string>> = {
  imap: { tls: '993', starttls: '143', none: '143' },
  smtp: { tls: '465', starttls: '587', none: '25' },
}

export function usualPort(protocol: 'imap' | 'smtp', security: Security): string {
  return ports[protocol][security]
}

/** The usual servers of an address's domain, until somebody knows better. */
export function guessServers(address: string): { imap: ServerForm; smtp: ServerForm } {
  const domain = address.split('@')[1]?.trim() ?? ''
  const server = (protocol: 'imap' | 'smtp'): ServerForm => ({
    host: domain === '' ? '' : `${protocol}.${domain}`,
    port: usualPort(protocol, 'tls'),
    security: 'tls',
    user: address.trim(),
    password: '',
  })
  return { imap: server('imap'), smtp: server('smtp') }
}

export function emptyForm(): SetupForm {
  return {
    address: '',
    password: '',
    mailboxName: '',
    agentName: '',
    agentAddress: '',
    ...guessServers(''),
  }
}

function serverOf(form: SetupForm, server: ServerForm): ServerSettings {
  return {
    host: server.host.trim(),
    port: Number.parseInt(server.port, 10) || 0,
    security: server.security,
    user: server.user.trim() === '' ? form.address.trim() : server.user.trim(),
    password: server.password === '' ? form.password : server.password,
  }
}

export function accountOf(form: SetupForm): AccountInput {
  return {
    address: form.address.trim(),
    aliases: [],
    name: form.mailboxName.trim(),
    imap: serverOf(form, form.imap),
    smtp: serverOf(form, form.smtp),
  }
}
