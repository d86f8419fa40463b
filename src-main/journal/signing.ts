// The key this desktop signs its events with. The device's id derives from the key, so nobody can speak as another's.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '#shared/ipc/errors'
import { say } from '#shared/rules/sayings'

/** DER of an Ed25519 public key is this prefix and the 32 bytes of the key (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const KEY_BYTES = 32
const MOST_KEPT = 1_000

export interface DeviceKey {
  readonly device: string
  /** base64url of the 32 bytes. */
  readonly publicKey: string
  /** Ed25519 over the text as UTF-8, base64url. */
  readonly sign: (text: string) => string
}

const devices = new Map<string, string>()

/** The id a public key (base64url) speaks as. */
export function deviceOf(publicKey: string): string {
  const known = devices.get(publicKey)
  if (known !== undefined) return known
  const device = createHash('sha256').update(publicKey).digest('base64url').slice(0, 20)
  if (devices.size < MOST_KEPT) devices.set(publicKey, device)
  return device
}

function readKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file))
  } catch {
    throw new AppError('refused', say('device-key-damaged'))
  }
}

/** The profile's key, made on first use (`device.key`, 0600). @throws AppError `refused` when it is damaged */
export function loadDeviceKey(profile: string): DeviceKey {
  const file = join(profile, 'device.key')
  if (!existsSync(file)) {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const whole = `${file}.${String(process.pid)}`
    writeFileSync(whole, pem, { mode: 0o600 })
    try {
      // Of several processes that begin at once, the first gives the key.
      linkSync(whole, file)
    } catch {
      // Some file systems know no links.
      if (!existsSync(file)) renameSync(whole, file)
    } finally {
      rmSync(whole, { force: true })
    }
  }
  const key = readKey(file)
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const publicKey = der.subarray(SPKI_PREFIX.length).toString('base64url')
  return {
    device: deviceOf(publicKey),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  }
}

const verifyBeside = promisify(verify)

const keys = new Map<string, KeyObject>()

function publicKeyOf(text: string): KeyObject | null {
  const known = keys.get(text)
  if (known !== undefined) return known
  const bytes = Buffer.from(text, 'base64url')
  // Base64 that decodes alike must not give one key two ids.
  if (bytes.length !== KEY_BYTES || bytes.toString('base64url') !== text) return null
  const der = Buffer.concat([SPKI_PREFIX, bytes])
  const key = createPublicKey({ key: der, type: 'spki', format: 'der' })
  if (keys.size < MOST_KEPT) keys.set(text, key)
  return key
}

function readSignature(publicKey: string, signature: string) {
  const key = publicKeyOf(publicKey)
  const bytes = Buffer.from(signature, 'base64url')
  return key === null || bytes.toString('base64url') !== signature ? null : { key, bytes }
}

/** Whether `text` was signed with `publicKey`. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const read = readSignature(publicKey, signature)
  return read !== null && verify(null, Buffer.from(text), read.key, read.bytes)
}

/** The same in libuv's threads, so that several processors check the many signatures of a first reading. */
export async function isSignedByBeside(
  publicKey: string,
  text: string,
  signature: string,
): Promise<boolean> {
  const read = readSignature(publicKey, signature)
  return read !== null && (await verifyBeside(null, Buffer.from(text), read.key, read.bytes))
}
