import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSecrets, type KeyStore } from '#main/electron/secrets'

let profile: string
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'copydesk-secrets-'))
})
afterEach(() => rmSync(profile, { recursive: true, force: true }))

type Backend = ReturnType<NonNullable<KeyStore['getSelectedStorageBackend']>>

/** Not encryption, but enough that a password in clear would be seen. */
function keyStore(backend: Backend = 'gnome_libsecret', key = 1) {
  const turn = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ (key + 90)))
  const state = { isLocked: false, shouldReEncrypt: false, encrypted: 0 }
  const store: KeyStore = {
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync: (text) => {
      state.encrypted += 1
      return state.isLocked
        ? Promise.reject(new Error('locked'))
        : Promise.resolve(turn(Buffer.from(`${key}:${text}`)))
    },
    decryptStringAsync: (bytes) => {
      const text = turn(bytes).toString()
      if (state.isLocked || !text.startsWith(`${key}:`))
        return Promise.reject(new Error('wrong key'))
      return Promise.resolve({
        result: text.slice(`${key}:`.length),
        shouldReEncrypt: state.shouldReEncrypt,
      })
    },
  }
  return { store, state }
}

const onDisk = (): string =>
  readdirSync(profile)
    .map((name) => readFileSync(join(profile, name), 'latin1'))
    .join('')

describe('with a key store', () => {
  it('keeps passwords over a restart, encrypted, for the owner only', async () => {
    const { store } = keyStore()
    const first = await createSecrets(profile, store, 'linux')
    expect(first.mode).toBe('system')
    await Promise.all([first.set('a', 'canary one'), first.set('b', 'canary two')])
    const second = await createSecrets(profile, store, 'linux')
    expect([await second.get('a'), await second.get('b'), await second.get('c')]).toEqual([
      'canary one',
      'canary two',
      null,
    ])
    expect(onDisk()).not.toContain('canary')
    expect(statSync(join(profile, 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  it('makes a file that others could read private again', async () => {
    const { store } = keyStore()
    const path = join(profile, 'secrets.json')
    writeFileSync(path, '{}')
    writeFileSync(`${path}.new`, 'left by a crash')
    chmodSync(path, 0o644)
    await (await createSecrets(profile, store, 'linux')).set('a', 'x')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('asks again when the key has changed or is locked, and loses nothing else', async () => {
    const { store } = keyStore()
    await (await createSecrets(profile, store, 'linux')).set('a', 'canary')
    const moved = await createSecrets(profile, keyStore('kwallet5', 2).store, 'linux')
    expect(await moved.get('a')).toBeNull()
    expect(await (await createSecrets(profile, store, 'linux')).get('a')).toBe('canary')
  })

  it('keeps a password for this run when the store fails while writing', async () => {
    const { store, state } = keyStore()
    const secrets = await createSecrets(profile, store, 'linux')
    state.isLocked = true
    await secrets.set('a', 'canary')
    expect([secrets.mode, await secrets.get('a')]).toEqual(['ask', 'canary'])
    expect(onDisk()).toBe('')
  })

  it('encrypts anew when the system has a newer key', async () => {
    const { store, state } = keyStore()
    const secrets = await createSecrets(profile, store, 'linux')
    await secrets.set('a', 'canary')
    state.shouldReEncrypt = true
    expect(await secrets.get('a')).toBe('canary')
    expect(state.encrypted).toBe(2)
  })

  it.each(['not json', '[]', 'null', '{"a":7}', '{"__proto__":"x"}'])(
    'starts empty on a damaged file: %s',
    async (text) => {
      writeFileSync(join(profile, 'secrets.json'), text)
      const secrets = await createSecrets(profile, keyStore().store, 'linux')
      expect(await secrets.get('a')).toBeNull()
      await secrets.set('a', 'again')
      expect(await secrets.get('a')).toBe('again')
    },
  )

  it.each(['__proto__', 'constructor', 'toString'])(
    'holds no password under the id %s',
    async (id) => {
      const secrets = await createSecrets(profile, keyStore().store, 'linux')
      expect(await secrets.get(id)).toBeNull()
      await secrets.set(id, 'x')
      expect(await (await createSecrets(profile, keyStore().store, 'linux')).get(id)).toBe('x')
    },
  )
})

describe('without a key store', () => {
  const none: KeyStore = {
    ...keyStore().store,
    isAsyncEncryptionAvailable: () => Promise.resolve(false),
  }
  const cases: [string, KeyStore, NodeJS.Platform][] = [
    ['basic_text', keyStore('basic_text').store, 'linux'],
    ['an unknown backend', keyStore('unknown').store, 'linux'],
    ['no encryption on Linux', none, 'linux'],
    ['no encryption on macOS', none, 'darwin'],
    ['an old Electron', {}, 'linux'],
  ]
  it.each(cases)(
    '%s: a password lives for this run and is never written',
    async (_name, store, platform) => {
      const secrets = await createSecrets(profile, store, platform)
      expect(secrets.mode).toBe('ask')
      await secrets.set('a', 'canary')
      expect(await secrets.get('a')).toBe('canary')
      expect(readdirSync(profile)).toEqual([])
      expect(await (await createSecrets(profile, store, platform)).get('a')).toBeNull()
    },
  )

  it('macOS and Windows have one without naming it', async () => {
    expect((await createSecrets(profile, keyStore('unknown').store, 'darwin')).mode).toBe('system')
  })
})
