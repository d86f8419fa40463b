// Passwords for the command line, where no key store can be asked. Each is sealed with a key that lies in the user's own
// configuration folder, apart from the profile, so that a copied profile does not carry its passwords.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#shared/ipc/errors'
import type { Secrets } from './host'

const sealed = z.record(z.string(), z.string())

function keyFile(): string {
  const config = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
  return join(config, 'copydesk', 'key')
}

function loadKey(): Buffer {
  const file = keyFile()
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' })
  }
  return readFileSync(file)
}

function seal(key: Buffer, text: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
}

function open(key: Buffer, text: string): string {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}

/** Secrets of a headless profile: `passwords.json` (0600), sealed. */
export function createSecretsFile(profile: string): Secrets {
  const file = join(profile, 'passwords.json')
  const read = (): Record<string, string> =>
    existsSync(file) ? sealed.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
  return {
    mode: 'system',
    get: (accountId) => {
      const text = read()[accountId]
      if (text === undefined) return Promise.resolve(null)
      try {
        return Promise.resolve(open(loadKey(), text))
      } catch {
        return Promise.reject(
          new AppError(
            'auth',
            'The stored password belongs to another user or machine: run setup again, or set COPYDESK_PASSWORD.',
          ),
        )
      }
    },
    set: (accountId, password) => {
      mkdirSync(profile, { recursive: true, mode: 0o700 })
      const all = { ...read(), [accountId]: seal(loadKey(), password) }
      writeFileSync(file, JSON.stringify(all), { mode: 0o600 })
      return Promise.resolve()
    },
  }
}
