import type { AccountInput, PublicServer, ServerSettings } from '#shared/model/account'

export type Security = ServerSettings['security']

/** What the first screens hold while one types: ports are text until they are sent. */
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

export function serverForm(server: PublicServer): ServerForm {
  return { ...server, port: String(server.port), password: '' }
}

export function emptyForm(): SetupForm {
  const server = { host: '', port: 993, security: 'tls', user: '' } as const
  return {
    address: '',
    password: '',
    imap: serverForm(server),
    smtp: serverForm({ ...server, port: 465 }),
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

/** Host, port and a password for both: enough to try. */
export function isComplete(form: SetupForm): boolean {
  const isServer = ({ host, port }: ServerForm): boolean =>
    host.trim() !== '' && /^\d{1,5}$/.test(port.trim())
  return form.password !== '' && isServer(form.imap) && isServer(form.smtp)
}

export function accountOf(form: SetupForm, more: Partial<AccountInput> = {}): AccountInput {
  return {
    aliases: [],
    name: '',
    ...more,
    address: form.address.trim(),
    imap: serverOf(form, form.imap),
    smtp: serverOf(form, form.smtp),
  }
}
