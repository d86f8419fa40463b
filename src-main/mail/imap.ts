// One IMAP connection per account and folder that is watched. Every failure is an AppError, and mails
// are named by UID only: sequence numbers change under us.
import { ImapFlow } from 'imapflow'
import { AppError } from '#shared/ipc/errors'
import { say } from '#shared/rules/sayings'
import { checkSecurity, connectError, tlsOptions } from './connectionErrors'
import { fetchFlags, fetchWindows, uidsIn } from './imapFetch'
import { watchFolder } from './imapIdle'
import { fetchPart, fetchRawPart, fetchSource, fetchStructure, fetchStructures } from './imapParts'
import { createRun, type Run } from './imapRun'
import type { FolderInfo, OpenFolder, ServerSettings } from './types'

export type ConnectOptions = {
  signal?: AbortSignal | undefined
  /** PEM of further authorities, for servers with a certificate of their own. */
  ca?: string | undefined
}

export type AppendResult = { uid: number | null; uidValidity: string | null }
export type ImapConnection = Awaited<ReturnType<typeof connectImap>>

const MIB = 1_048_576

function createClient(settings: ServerSettings, ca: string | undefined): ImapFlow {
  return new ImapFlow({
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    // Required when chosen: opportunistic STARTTLS is no protection (RFC 8314 4.1).
    ...(settings.security === 'tls' ? {} : { doSTARTTLS: settings.security === 'starttls' }),
    auth: { user: settings.user, pass: settings.password },
    tls: tlsOptions(ca),
    logger: false,
    clientInfo: { name: 'Copydesk', version: false, vendor: false, 'support-url': false },
    // imapIdle.ts decides when to idle
    disableAutoIdle: true,
    // RFC 2177 asks for 29 minutes at most; many routers forget a silent connection after ten.
    maxIdleTime: 9 * 60_000,
    connectionTimeout: 20_000,
    greetingTimeout: 10_000,
    // While idling this is also the period of the NOOP that finds a connection dead in silence.
    socketTimeout: 90_000,
    maxLiteralSize: 64 * MIB,
    maxLineLength: 16 * MIB,
    maxResponseSize: 96 * MIB,
    qresync: false,
  })
}

function folderPath(path: string | readonly string[]): string {
  // imapflow joins segments with the server's delimiter and adds the namespace prefix, but its types
  // only know strings in some places.
  return path as string
}

/** Whoever greets with PREAUTH in clear has not proved that this mailbox is ours (RFC 3501 §7.1.4, RFC 8314). */
function checkLogin(client: ImapFlow, { security, host }: ServerSettings): void {
  // imapflow keeps the words of `* OK` only, and says `authenticated` after a login as well.
  if (client.greeting !== undefined || security === 'tls') return
  throw new AppError('refused', say('server-open', { host }), {
    field: 'security',
    protocol: 'IMAP',
  })
}

/**
 * Connects and logs in. Throws AppError `offline`, `auth`, `refused` or `invalid-input`, with the
 * settings field it is about in `detail.field`.
 */
export async function connectImap(settings: ServerSettings, { signal, ca }: ConnectOptions = {}) {
  checkSecurity(settings, 'IMAP')
  const client = createClient(settings, ca)
  let resolveClosed: () => void = () => undefined
  const whenClosed = new Promise<void>((resolve) => (resolveClosed = resolve))
  // Without a listener an error event would end the process; the failing command reports it.
  client.on('error', () => undefined)
  client.on('close', () => resolveClosed())
  const onAbort = () => client.close()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    signal?.throwIfAborted()
    await client.connect()
    checkLogin(client, settings)
  } catch (error) {
    client.close()
    signal?.removeEventListener('abort', onAbort)
    if (signal?.aborted === true) throw new AppError('offline', say('connecting-stopped'))
    throw connectError(error, settings, 'IMAP')
  }

  const { run, isBusy } = createRun(client)

  return {
    /** Resolves when the connection has ended, for whatever reason. */
    whenClosed,
    isOpen: () => client.usable,
    hasCapability: (name: string) => client.capabilities.has(name.toUpperCase()),
    listFolders: () => run('LIST', listFolders),
    openFolder: (path: string | readonly string[]) =>
      run('SELECT', (c) => openFolder(c, folderPath(path))),
    /** Counters of a folder that is not open. */
    folderStatus: (path: string) => run('STATUS', (c) => folderStatus(c, path)),
    /** False when it existed already. */
    createFolder: async (path: string | readonly string[]) => {
      const created = await run('CREATE', (c) => c.mailboxCreate(folderPath(path)))
      return { path: created.path, created: created.created }
    },
    /**
     * Stores a mail. `uncertain` when the connection ended before the answer: it may have been
     * stored, so look for it by its Message-ID before repeating.
     */
    append: (path: string | readonly string[], bytes: Buffer, flags: string[] = [], at?: Date) =>
      append(run, (client) => client.append(folderPath(path), bytes, flags, at)),
    /** UIDs in the open folder whose Message-ID is `id` (without angle brackets). */
    searchMessageId: (id: string) =>
      run('SEARCH', (c) => c.search({ header: { 'message-id': `<${id}>` } }, { uid: true })),
    /** UIDs in the open folder whose header field `name` contains `value`. */
    searchHeader: (name: string, value: string) =>
      run('SEARCH', (c) => c.search({ header: { [name]: value } }, { uid: true })),
    addFlags: async (uids: readonly number[], flags: string[]) => {
      await run('STORE', (c) => c.messageFlagsAdd(uids.join(','), flags, { uid: true }))
    },
    removeFlags: async (uids: readonly number[], flags: string[]) => {
      await run('STORE', (c) => c.messageFlagsRemove(uids.join(','), flags, { uid: true }))
    },
    move: async (uids: readonly number[], path: string | readonly string[]) => {
      await run('MOVE', (c) => c.messageMove(uids.join(','), folderPath(path), { uid: true }))
    },
    remove: async (uids: readonly number[]) => {
      await run('EXPUNGE', (c) => c.messageDelete(uids.join(','), { uid: true }))
    },
    listUids: uidsIn.bind(null, run),
    fetchWindows: fetchWindows.bind(null, run),
    fetchFlags: fetchFlags.bind(null, run),
    fetchSource: fetchSource.bind(null, run),
    fetchPart: fetchPart.bind(null, run),
    fetchRawPart: fetchRawPart.bind(null, run),
    fetchStructure: fetchStructure.bind(null, run),
    fetchStructures: fetchStructures.bind(null, run),
    noop: async () => {
      await run('NOOP', async (c) => {
        // imapflow's own noop() hides failures
        await c.noop()
        return c.usable
      })
    },
    /** Calls back whenever the open folder may have changed; without IDLE it is asked every `pollMs`. */
    idle: (onChange: () => void, pollMs?: number) =>
      watchFolder(client, onChange, { isBusy, pollMs }),
    close: async () => {
      signal?.removeEventListener('abort', onAbort)
      // A polite LOGOUT must not keep a shutdown waiting for a dead peer.
      const timer = setTimeout(() => client.close(), 1_000)
      await client.logout().catch(() => undefined)
      clearTimeout(timer)
      client.close()
    },
  }
}

async function listFolders(client: ImapFlow): Promise<FolderInfo[]> {
  const folders = await client.list()
  return folders.map((folder) => ({
    path: folder.path,
    name: folder.name,
    delimiter: folder.delimiter || null,
    specialUse: folder.specialUse ?? null,
    isSpecialByName: folder.specialUseSource === 'name',
    canSelect: !folder.flags.has('\\Noselect') && !folder.flags.has('\\NonExistent'),
  }))
}

async function openFolder(client: ImapFlow, path: string): Promise<OpenFolder> {
  const folder = await client.mailboxOpen(path)
  return {
    path: folder.path,
    uidValidity: folder.uidValidity ? String(folder.uidValidity) : null,
    uidNext: folder.uidNext || null,
    exists: folder.exists || 0,
    highestModseq: folder.noModseq ? null : (folder.highestModseq?.toString() ?? null),
  }
}

async function folderStatus(client: ImapFlow, path: string) {
  const status = await client.status(path, { messages: true, uidNext: true, uidValidity: true })
  if (status === false) return false
  return {
    exists: status.messages ?? 0,
    uidNext: status.uidNext ?? null,
    uidValidity: status.uidValidity ? String(status.uidValidity) : null,
  }
}

async function append(
  run: Run,
  store: (client: ImapFlow) => ReturnType<ImapFlow['append']>,
): Promise<AppendResult> {
  try {
    const stored = await run('APPEND', store)
    return {
      uid: stored.uid ?? null,
      uidValidity: stored.uidValidity === undefined ? null : String(stored.uidValidity),
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'offline') throw error
    throw new AppError('uncertain', say('connection-lost-storing'), error.detail)
  }
}

/** Connects, logs in, lists the folders and leaves: throws what `connectImap` throws. */
export async function testImap(
  settings: ServerSettings,
  options: ConnectOptions = {},
): Promise<FolderInfo[]> {
  const connection = await connectImap(settings, options)
  try {
    return await connection.listFolders()
  } finally {
    await connection.close()
  }
}
