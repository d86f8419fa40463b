import { AppError } from '#shared/ipc/errors'
import { agentRole, type Mailbox, type Person } from '#shared/model/account'
import type { DeskEventBody } from '#shared/model/event'
import { policyPreset } from '#shared/model/policy'
import { canonicalAddress } from '#shared/rules/address'
import { findPerson } from '#shared/rules/desk'
import { actionsFor, type SendingAction } from '#shared/rules/sending'
import { formatPolicy, parsePolicyChange } from '#shared/rules/policyKeys'
import { listItems } from '../db/outbox'
import { listSkipped } from '../db/skipped'
import type { Engine } from '../engine'
import { cancelItem, markItemSent, retryItem } from '../outbox/run'
import { unscheduleReply, viewScheduled } from '../outbox/scheduled'
import { toDelivery } from '../tickets/toDelivery'
import { currentDesk, getAgent } from '../tickets/core'
import { listMailboxes } from '../tickets/mailboxes'
import { recordDeskEvents } from '../tickets/record'
import { need, UsageError } from './arguments'
import { choose, type Command } from './command'
import type { Options } from './options'
import { readSetupConfig } from './setupConfig'

/** ms */
const selfTestPatience = 20_000

export const setup: Command = async (engine, { options, profile }) => {
  const mailboxes: string[] = []
  const sending: unknown[] = []
  for (const input of readSetupConfig(need(options.config, '--config FILE'))) {
    const { id, address } = await engine.setUp(input)
    mailboxes.push(address)
    const { deliversReceipt, keepsMessageId, receiptMs, problem } = await engine.selfTest(
      id,
      selfTestPatience,
    )
    sending.push({ address, deliversReceipt, keepsMessageId, receiptMs, problem })
  }
  const agent = await getAgent(engine.core.db.read)
  return { profile, workspace: mailboxes[0], mailboxes, agent, sending }
}

/** What `outbox` calls what an agent can do; editing takes a window. */
const verbs: Readonly<Record<SendingAction, readonly string[]>> = {
  retry: ['retry'],
  edit: [],
  markSent: ['sent'],
  cancel: ['cancel'],
}

/** A reply for later is no mail yet: its people are those of its hour. */
async function listLater(engine: Engine): Promise<object[]> {
  return (await viewScheduled(engine.core)).map((one) => {
    const { id, ticketId, visibility: kind, subject, by, sendAt: nextAt, why: because } = one
    const state = one.state === 'held' ? 'held' : 'scheduled'
    return { id, ticketId, kind, subject, by, state, nextAt, because, can: ['cancel'] }
  })
}

async function cancel(engine: Engine, id: string): Promise<void> {
  const isLater = (await viewScheduled(engine.core)).some((one) => one.id === id)
  if (isLater) await unscheduleReply(engine.core, id, false)
  else await cancelItem(engine.core, id)
}

export const outbox: Command = async (engine, { rest }) => {
  const [verb = 'list', id] = rest
  if (verb === 'retry') await retryItem(engine.core, need(id, 'ID'))
  else if (verb === 'cancel') await cancel(engine, need(id, 'ID'))
  else if (verb === 'sent') await markItemSent(engine.core, need(id, 'ID'))
  else if (verb !== 'list')
    throw new UsageError('outbox takes list, retry ID, cancel ID or sent ID')
  const { read } = engine.core.db
  const items = await listItems(read)
  const skipped = await listSkipped(
    read,
    items.map((item) => item.commentId),
  )
  const mails = items.map((item) => {
    const can = actionsFor(item.state, false).flatMap((action) => verbs[action])
    return { ...toDelivery(item, skipped.get(item.commentId) ?? []), can }
  })
  return [...(await listLater(engine)), ...mails]
}

async function changeDesk(engine: Engine, bodies: readonly DeskEventBody[]): Promise<void> {
  const { address } = await getAgent(engine.core.db.read)
  await engine.core.db.write('desk.change', (tx) =>
    recordDeskEvents(engine.core, tx, address, bodies),
  )
}

export const policyCommand: Command = async (engine, { rest }) => {
  const [verb = 'get', ...values] = rest
  if (verb === 'set') {
    const changes = values.map((pair) => {
      const cut = pair.indexOf('=')
      const result = parsePolicyChange(pair.slice(0, Math.max(cut, 0)), pair.slice(cut + 1))
      if (!result.isOk) throw new AppError('invalid-input', result.error)
      return result.change
    })
    if (changes.length === 0) throw new UsageError('policy set K=V…: a key is missing')
    await changeDesk(engine, [
      { kind: 'policy.set', changes: Object.assign({}, ...changes) as (typeof changes)[number] },
    ])
  } else if (verb === 'preset') {
    const preset = choose(policyPreset, values[0], 'policy preset')
    await changeDesk(engine, [{ kind: 'policy.presetChosen', preset }])
  } else if (verb !== 'get') throw new UsageError('policy takes get, set K=V… or preset NAME')
  return formatPolicy((await currentDesk(engine.core, engine.core.db.read)).policy)
}

const noMailbox = { aliases: [], name: '', signature: '', group: null, account: null }

/** An empty word takes a group or an account away; one that is not given stays. */
const given = (word: string | undefined, known: string | null): string | null =>
  word === undefined ? known : word === '' ? null : word

async function mailboxFrom(engine: Engine, text: string, options: Options): Promise<Mailbox> {
  const address = canonicalAddress(text)
  const desk = await currentDesk(engine.core, engine.core.db.read)
  const known = desk.mailboxes.find((box) => box.address === address) ?? noMailbox
  const { name = known.name, signature = known.signature, alias: aliases = known.aliases } = options
  const group = given(options.group?.[0], known.group)
  return {
    address,
    aliases,
    name,
    signature,
    group,
    account: given(options.account, known.account),
  }
}

export const mailbox: Command = async (engine, { rest, options }) => {
  const [verb = 'list', text] = rest
  if (verb === 'set') {
    const box = await mailboxFrom(engine, need(text, 'A'), options)
    await changeDesk(engine, [{ kind: 'mailbox.set', ...box }])
  } else if (verb === 'remove') {
    await changeDesk(engine, [{ kind: 'mailbox.removed', address: need(text, 'A') }])
  } else if (verb !== 'list') throw new UsageError('mailbox takes list, set A or remove A')
  return listMailboxes(engine.core, engine.core.db.read)
}

/** Somebody who is there already keeps what is not given. */
async function personFrom(engine: Engine, text: string, options: Options): Promise<Person> {
  const known = findPerson(await currentDesk(engine.core, engine.core.db.read), text)
  return {
    name: options.name ?? known?.name ?? '',
    address: known?.address ?? canonicalAddress(text),
    aliases: options.alias ?? known?.aliases ?? [],
    role: choose(agentRole, options.role ?? known?.role ?? 'agent', '--role'),
    groups: options.group?.filter((group) => group !== '') ?? known?.groups ?? [],
  }
}

export const directory: Command = async (engine, { rest, options }) => {
  const [verb = 'list', address] = rest
  if (verb === 'add') {
    const person = await personFrom(engine, need(address, 'A'), options)
    await changeDesk(engine, [{ kind: 'person.set', person }])
  } else if (verb === 'remove') {
    await changeDesk(engine, [{ kind: 'person.removed', address: need(address, 'A') }])
  } else if (verb !== 'list') throw new UsageError('directory takes list, add A or remove A')
  return (await currentDesk(engine.core, engine.core.db.read)).people
}
