// Settings that cannot work, and what the agent is told of each: the same for IMAP and SMTP.
export const wrongSettings = [
  [
    'an unknown host',
    { host: 'no-such-host.invalid', security: 'tls' },
    'offline',
    'host',
    'host name',
  ],
  ['a port where nothing answers', { port: 1 }, 'offline', 'port', 'port'],
  ['a wrong password', { password: 'x' }, 'auth', 'user', 'password'],
  [
    'a certificate of unknown origin',
    { security: 'starttls' },
    'refused',
    'certificate',
    'certificate',
  ],
  ['TLS where there is none', { security: 'tls' }, 'refused', 'security', 'STARTTLS'],
  [
    'plain text to another machine',
    { host: 'mail.example.com' },
    'invalid-input',
    'security',
    'TLS',
  ],
] as const
