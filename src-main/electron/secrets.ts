// Passwords, encrypted with a key that the system's key store keeps. Where there is no such store
// they stay in memory and are asked for at each start: never on disk in clear.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SafeStorage } from 'electron'
import type { Secrets } from '../host'
import { hideSecret, log } from '../log'

/** Electron before 28 has none of these: it counts as a system without a key store. */
export type KeyStore = Partial<
  Pick<
    SafeStorage,
    | 'isAsyncEncryptionAvailable'
    | 'encryptStringAsync'
    | 'decryptStringAsync'
    | 'getSelectedStorageBackend'
  >
>

/** Call after the app is ready; before, the key store has not been chosen. */
export async function createSecrets(
  profile: string,
  keyStore: KeyStore,
  platform: NodeJS.Platform = process.platform,
): Promise<Secrets> {
  const file = createFile(profile)
  const inMemory = new Map<string, string>()
  let mode: Secrets['mode'] = (await isTrusted(keyStore, platform)) ? 'system' : 'ask'

  const encrypt = async (accountId: string, password: string): Promise<void> => {
    const encrypted = await keyStore.encryptStringAsync?.(password)
    if (!encrypted) throw new Error('The key store is gone.')
    await file.set(accountId, encrypted.toString('base64'))
  }

  const decrypt = async (accountId: string, encrypted: string): Promise<string | null> => {
    const found = await keyStore.decryptStringAsync?.(Buffer.from(encrypted, 'base64'))
    if (!found) return null
    if (found.shouldReEncrypt) await encrypt(accountId, found.result)
    return found.result
  }

  return {
    get mode() {
      return mode
    },
    get: async (accountId) => {
      const remembered = inMemory.get(accountId)
      if (remembered !== undefined || mode === 'ask') return remembered ?? null
      const encrypted = await file.get(accountId)
      if (encrypted === undefined) return null
      try {
        const password = await decrypt(accountId, encrypted)
        if (password !== null) hideSecret(password)
        return password
      } catch (error) {
        // The key ring is locked, or the profile came from another machine: it will be asked for.
        log.warn('secrets', 'notReadable', { error })
        return null
      }
    },
    set: async (accountId, password) => {
      hideSecret(password)
      inMemory.set(accountId, password)
      if (mode === 'ask') return
      try {
        await encrypt(accountId, password)
        inMemory.delete(accountId)
      } catch (error) {
        log.warn('secrets', 'notStored', { error })
        mode = 'ask'
      }
    },
  }
}

async function isTrusted(keyStore: KeyStore, platform: NodeJS.Platform): Promise<boolean> {
  if (!(await keyStore.isAsyncEncryptionAvailable?.())) return false
  if (platform !== 'linux') return true
  // `basic_text` encrypts with a password that stands in Chromium's source.
  const backend = keyStore.getSelectedStorageBackend?.() ?? 'unknown'
  return backend !== 'basic_text' && backend !== 'unknown'
}

/** One small JSON file, account id → encrypted password; written whole, one write after the other. */
function createFile(profile: string) {
  const path = join(profile, 'secrets.json')
  let writing: Promise<unknown> = Promise.resolve()

  const readAll = async (): Promise<Record<string, string>> => {
    try {
      const stored: unknown = JSON.parse(await readFile(path, 'utf8'))
      if (typeof stored !== 'object' || stored === null) return {}
      const texts = Object.entries(stored).filter(([, value]) => typeof value === 'string')
      return Object.fromEntries(texts)
    } catch {
      // Missing or damaged: every password will be asked for again, nothing else is lost.
      return {}
    }
  }

  const write = async (accountId: string, encrypted: string): Promise<void> => {
    const all = new Map(Object.entries(await readAll())).set(accountId, encrypted)
    await mkdir(profile, { recursive: true, mode: 0o700 })
    // Made anew each time: an older file would keep the permissions it was made with.
    await rm(`${path}.new`, { force: true })
    const text = JSON.stringify(Object.fromEntries(all))
    await writeFile(`${path}.new`, text, { mode: 0o600, flag: 'wx' })
    await rename(`${path}.new`, path)
  }

  return {
    get: async (accountId: string): Promise<string | undefined> => {
      const all = new Map(Object.entries(await readAll()))
      return all.get(accountId)
    },
    set: (accountId: string, encrypted: string): Promise<void> => {
      const turn = writing.then(() => write(accountId, encrypted))
      writing = turn.catch(() => undefined)
      return turn
    },
  }
}
