// Reading one mail on demand: its source, its structure, one of its parts.
import type { ImapFlow, MessageStructureObject } from 'imapflow'
import { AppError } from '#shared/ipc/errors'
import { say } from '#shared/rules/sayings'
import { decodeTransfer } from './charset'
import { toSequence } from './imapFetch'
import type { Run } from './imapRun'
import type { Part } from './skeleton'

const MAX_PART = 64 * 1_048_576
// A literal of any size may be announced; so much is taken at once.
const SLICE = 1_048_576

const gone = () => new AppError('not-found', say('mail-gone'))

async function fetchSlices(
  run: Run,
  read: (client: ImapFlow, start: number) => Promise<Buffer | undefined>,
  cap: number,
): Promise<Buffer> {
  const slices: Buffer[] = []
  let size = 0
  for (;;) {
    const slice = await run('FETCH', async (client) => (await read(client, size)) ?? null)
    if (slice === null) throw gone()
    slices.push(slice)
    size += slice.length
    if (slice.length < SLICE || size >= cap) return Buffer.concat(slices)
  }
}

function checkWhole(bytes: Buffer): Buffer {
  if (bytes.length < MAX_PART) return bytes
  throw new AppError('refused', say('part-too-big'))
}

/** The whole mail as it stands on the server. */
export async function fetchSource(run: Run, uid: number): Promise<Buffer> {
  const read = async (client: ImapFlow, start: number) => {
    const source = { start, maxLength: SLICE }
    const message = await client.fetchOne(String(uid), { source }, { uid: true })
    return message ? (message.source ?? Buffer.alloc(0)) : undefined
  }
  return checkWhole(await fetchSlices(run, read, MAX_PART))
}

/** One part, still encoded, at most `cap` bytes of it. */
export async function fetchRawPart(
  run: Run,
  uid: number,
  partId: string,
  cap: number,
): Promise<Buffer> {
  if (!/^\d{1,4}(?:\.\d{1,4}){0,50}$/.test(partId)) {
    throw new AppError('invalid-input', `"${partId}" is not a part number.`)
  }
  const read = async (client: ImapFlow, start: number) => {
    const bodyParts = [{ key: partId, start, maxLength: Math.min(SLICE, cap) }]
    const message = await client.fetchOne(String(uid), { bodyParts }, { uid: true })
    return message ? (message.bodyParts?.get(partId) ?? Buffer.alloc(0)) : undefined
  }
  return fetchSlices(run, read, cap)
}

/** Decoded bytes of an attachment. `encoding` saves a round trip when the caller knows it. */
export async function fetchPart(
  run: Run,
  uid: number,
  partId: string,
  encoding?: string,
): Promise<Buffer> {
  const raw = checkWhole(await fetchRawPart(run, uid, partId, MAX_PART))
  const known = encoding ?? findPart(await fetchStructure(run, uid), partId)?.encoding ?? '7bit'
  return decodeTransfer(raw, known)
}

function findPart(part: Part, partId: string): Part | undefined {
  if (part.children === null) return part.partId === partId ? part : undefined
  return part.children.map((child) => findPart(child, partId)).find((found) => found !== undefined)
}

function toPart(node: MessageStructureObject, depth: number): Part {
  const isMultipart =
    node.type.startsWith('multipart/') && node.childNodes !== undefined && depth < 50
  return {
    partId: node.part ?? (isMultipart ? '' : '1'),
    type: node.type.toLowerCase(),
    params: new Map(Object.entries(node.parameters ?? {})),
    encoding: (node.encoding ?? '7bit').toLowerCase(),
    disposition: (node.disposition ?? '').toLowerCase(),
    dispositionParams: new Map(Object.entries(node.dispositionParameters ?? {})),
    cid: node.id?.replace(/^<|>$/g, '') ?? null,
    children: isMultipart ? (node.childNodes ?? []).map((child) => toPart(child, depth + 1)) : null,
    start: 0,
    end: 0,
    octets: node.size ?? 0,
  }
}

/** The parts of several mails by UID; mails that are gone are not in the answer. */
export async function fetchStructures(
  run: Run,
  uids: readonly number[],
): Promise<Map<number, Part>> {
  const structures = new Map<number, Part>()
  const set = toSequence([...uids].sort((a, b) => a - b))
  if (set === '') return structures
  const messages = await run('FETCH', (c) =>
    c.fetchAll(set, { bodyStructure: true }, { uid: true }),
  )
  for (const { uid, bodyStructure } of messages) {
    if (bodyStructure !== undefined) structures.set(uid, toPart(bodyStructure, 0))
  }
  return structures
}

/** The parts of a mail as the server sees them (BODYSTRUCTURE). */
export async function fetchStructure(run: Run, uid: number): Promise<Part> {
  const structure = (await fetchStructures(run, [uid])).get(uid)
  if (structure === undefined) throw gone()
  return structure
}
