// What people are told when a server is not what its settings say; servers here are a few lines each.
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { testImap } from '#main/mail/imap'
import { testSmtp } from '#main/mail/smtp'
import type { ServerSettings } from '#shared/model/account'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Greets, then answers each line by the first rule whose key the line holds; `$` is the line's tag. */
function startFake(greeting: string, rules: Readonly<Record<string, string>>): Promise<number> {
  const serve = (socket: Socket) => {
    let rest = ''
    socket.on('error', () => undefined)
    socket.write(greeting)
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const rule = Object.entries(rules).find(([key]) => line.toUpperCase().includes(key))
        const tag = line.split(' ')[0] ?? ''
        if (rule !== undefined) socket.write(rule[1].replaceAll('$', tag))
      }
    })
  }
  return new Promise((resolve, reject) => {
    const server = createServer(serve)
    servers.push(server)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port'))
      else resolve(address.port)
    })
  })
}

const settings = (port: number, security: ServerSettings['security']): ServerSettings => ({
  host: '127.0.0.1',
  port,
  security,
  user: 'ada',
  password: 'secret-word',
})
const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error)

const IMAP_CAPABILITY = '* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$ OK\r\n'

describe('IMAP', () => {
  it('requires STARTTLS when it is chosen and never sends the password without', async () => {
    let seen = ''
    const port = await startFake('* OK hi\r\n', { CAPABILITY: IMAP_CAPABILITY })
    servers[0]?.on('connection', (socket) =>
      socket.on('data', (chunk) => (seen += chunk.toString())),
    )
    const error = await failure(testImap(settings(port, 'starttls')))
    expect(error).toMatchObject({ code: 'refused', detail: { field: 'security' } })
    expect(seen).not.toMatch(/LOGIN|AUTHENTICATE|secret/i)
  })

  it.each(['none', 'starttls'] as const)(
    'A25: refuses a server that claims without TLS to know us already (%s)',
    async (security) => {
      let seen = ''
      const rules = {
        CAPABILITY: '* CAPABILITY IMAP4rev1 STARTTLS\r\n$ OK\r\n',
        STARTTLS: '$ BAD logged in\r\n',
        LIST: '* LIST () "/" INBOX\r\n$ OK\r\n',
        NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\r\n$ OK\r\n',
        ENABLE: '$ OK\r\n',
        LOGOUT: '* BYE\r\n$ OK\r\n',
      }
      const port = await startFake('* PREAUTH welcome back\r\n', rules)
      servers[0]?.on('connection', (socket) =>
        socket.on('data', (chunk) => (seen += chunk.toString())),
      )
      const error = await failure(testImap(settings(port, security)))
      expect(error).toMatchObject({ code: 'refused', detail: { field: 'security' } })
      expect(seen).not.toMatch(/LOGIN|AUTHENTICATE|secret|SELECT/i)
    },
  )

  it('A25: takes no word that was said in clear after STARTTLS', async () => {
    let seen = ''
    const port = await startFake('* OK hi\r\n', {
      CAPABILITY: '* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n$ OK\r\n',
      STARTTLS: '$ OK go on\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n3 OK welcome\r\n',
    })
    servers[0]?.on('connection', (socket) =>
      socket.on('data', (chunk) => (seen += chunk.toString())),
    )
    const error = await failure(testImap(settings(port, 'starttls')))
    expect(error).toMatchObject({ code: 'refused', detail: { field: 'security' } })
    expect(String(error)).toContain('without encryption')
    expect(seen).not.toMatch(/LOGIN|AUTHENTICATE|secret/i)
  })

  it('says offline when the server hangs up at once', async () => {
    const port = await startFake('* BYE too many connections\r\n', {})
    expect(await failure(testImap(settings(port, 'none')))).toMatchObject({ code: 'offline' })
  })

  it('takes a refused login for a wrong password and repeats none of it', async () => {
    const rules = {
      CAPABILITY: '* CAPABILITY IMAP4rev1\r\n$ OK\r\n',
      LOGIN: '$ NO [AUTHENTICATIONFAILED] no\r\n',
    }
    const port = await startFake('* OK hi\r\n', rules)
    const error = await failure(testImap(settings(port, 'none')))
    expect(error).toMatchObject({ code: 'auth', detail: { field: 'user' } })
    expect(JSON.stringify([error, String(error)])).not.toContain('secret-word')
  })
})

describe('SMTP', () => {
  it('requires STARTTLS when it is chosen and never sends the password without', async () => {
    let seen = ''
    const port = await startFake('220 hi\r\n', {
      EHLO: '250-hi\r\n250 AUTH PLAIN\r\n',
      STARTTLS: '502 no\r\n',
    })
    servers[0]?.on('connection', (socket) =>
      socket.on('data', (chunk) => (seen += chunk.toString())),
    )
    const error = await failure(testSmtp(settings(port, 'starttls')))
    expect(error).toMatchObject({ code: 'refused', detail: { field: 'security' } })
    expect(seen).not.toMatch(/AUTH/i)
  })

  it.each([
    ['421 too many connections', 'offline', null],
    ['554 go away', 'refused', null],
    ['* OK IMAP ready', 'refused', 'port'],
  ])('explains the greeting %s', async (greeting, code, field) => {
    const port = await startFake(`${greeting}\r\n`, {})
    const error = await failure(testSmtp(settings(port, 'none')))
    expect(error).toMatchObject({ code, detail: { field } })
  })

  it('takes a temporary failure of AUTH for the server’s, not for a wrong password', async () => {
    const port = await startFake('220 hi\r\n', {
      EHLO: '250-hi\r\n250 AUTH PLAIN\r\n',
      AUTH: '454 later\r\n',
    })
    expect(await failure(testSmtp(settings(port, 'none')))).toMatchObject({ code: 'offline' })
  })
})
