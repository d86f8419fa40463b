// Tells when the open folder may have changed: by IDLE (RFC 2177), by NOOP where there is none.
import { setTimeout as delay } from 'node:timers/promises'
import type { ImapFlow } from 'imapflow'

const POLL_MS = 30_000
// IDLE must be broken for every command; it starts again only when the connection has been quiet.
const QUIET_MS = 150

export type FolderWatch = { stop: () => void }

/** False where there is no IDLE, or the server refuses it. Ends when another command breaks it; imapflow renews it itself. */
async function hasIdled(client: ImapFlow): Promise<boolean> {
  if (!client.capabilities.has('IDLE')) return false
  const answer: unknown = await client.idle().catch(() => false)
  return answer !== false
}

/** `onChange` is called for news of any kind; the caller asks what it was. `pollMs` holds where there is no IDLE. */
export function watchFolder(
  client: ImapFlow,
  onChange: () => void,
  { isBusy, pollMs = POLL_MS }: { isBusy: () => boolean; pollMs?: number | undefined },
): FolderWatch {
  const stopped = new AbortController()
  const events = ['exists', 'expunge', 'flags'] as const
  for (const event of events) client.on(event, onChange)

  const pause = (ms: number) =>
    delay(ms, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined)

  const isWanted = () => !stopped.signal.aborted && client.usable

  const loop = async () => {
    while (isWanted()) {
      if (isBusy() || (await hasIdled(client))) {
        await pause(QUIET_MS)
      } else {
        await pause(pollMs)
        if (isWanted()) await client.noop().catch(() => undefined)
      }
    }
  }
  void loop()

  return {
    stop: () => {
      stopped.abort()
      for (const event of events) client.off(event, onChange)
      // Breaks a running IDLE, so that the server is not left waiting for DONE.
      if (client.usable && client.idling) void client.noop().catch(() => undefined)
    },
  }
}
