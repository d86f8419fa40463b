import { useThrottleFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { HeldItem, TicketAction } from '#shared/ipc/contract'
import { api } from '../api'
import type { Decision } from '../composables/decision'
import { asProblem, type Problem } from '../composables/problem'
import { rest } from '../composables/useAim'
import { t } from '../i18n'
import { useNoticesStore } from './notices'

/** A sync changes tickets many times a second, and nearly none of them holds anything. */
const loadEvery = 500

/** As much of what is held as a decision needs. */
type Held = Pick<HeldItem, 'kind' | 'messageId' | 'person'> & {
  readonly ticket: Pick<HeldItem['ticket'], 'id'>
}

export const keyOfHeld = (item: Held): string =>
  `${item.ticket.id} ${item.messageId} ${item.person.address}`

function actionOf(item: Held, decision: Decision): TicketAction {
  const { messageId, person } = item
  if (item.kind === 'person') {
    return decision.do === 'discard'
      ? { do: 'dismissSuggestion', address: person.address }
      : { do: 'addCcs', people: [person] }
  }
  if (decision.do === 'discard') return { do: 'discardComment', messageId }
  const mode = decision.do === 'block' ? 'accept' : decision.do
  const aliasOf = decision.do === 'alias' ? decision.aliasOf : null
  return { do: 'acceptComment', messageId, mode, aliasOf }
}

interface WayBack {
  readonly take: () => Promise<unknown>
  /** Id of the notice that offers it: it goes with it, so that no Undo stays that does nothing. */
  notice: number | null
}

/** What waits for a decision; each decision leaves at once and can be taken back. */
export const useHeldStore = defineStore('held', () => {
  const notices = useNoticesStore()
  const listed = shallowRef<readonly HeldItem[] | null>(null)
  /** Keys of what has been decided and main has not confirmed: the next key must meet the next mail. */
  const leaving = shallowRef<ReadonlySet<string>>(new Set())
  const items = computed(
    () => listed.value?.filter((item) => !leaving.value.has(keyOfHeld(item))) ?? null,
  )
  const problem = ref<Problem | null>(null)
  /** Ways back, the newest last. */
  const undos = shallowRef<readonly WayBack[]>([])
  let turn = 0

  async function load(): Promise<void> {
    turn += 1
    const mine = turn
    try {
      const answer = await api.held.list()
      if (mine !== turn) return
      listed.value = answer
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    }
  }

  /** Takes one decision back, once, whichever way it is asked for. */
  async function takeBack(back: WayBack): Promise<void> {
    if (!undos.value.includes(back)) return
    undos.value = undos.value.filter((one) => one !== back)
    if (back.notice !== null) notices.dismiss(back.notice)
    if (!(await notices.attempt(back.take))) return
    notices.show(t('held.undone'))
    await load()
  }

  async function undoLast(): Promise<void> {
    const back = undos.value.at(-1)
    if (back !== undefined) await takeBack(back)
  }

  function wayBack(item: Held, decision: Decision): (() => Promise<unknown>) | null {
    const ticketId = item.ticket.id
    if (item.kind === 'mail') {
      const action = { do: 'undoDecision', messageId: item.messageId } as const
      return () => api.tickets.change({ ticketId, action })
    }
    if (decision.do === 'discard') return null
    const action = { do: 'removeCc', address: item.person.address } as const
    return () => api.tickets.change({ ticketId, action })
  }

  interface Done {
    readonly words: string
    readonly back: (() => Promise<unknown>) | null
  }

  async function carryOut(item: Held, decision: Decision): Promise<Done> {
    if (decision.do === 'block') {
      const { entry, discarded } = await api.held.block({ entry: item.person.address })
      return {
        words: t('held.blocked', { who: entry, n: discarded.length }),
        back: () => api.held.unblock({ entry, restore: discarded }),
      }
    }
    const action = actionOf(item, decision)
    await api.tickets.change({ ticketId: item.ticket.id, action })
    const who = item.person.name || item.person.address
    return { words: t(`held.done.${decision.do}`, { who }), back: wayBack(item, decision) }
  }

  async function decide(item: Held, decision: Decision): Promise<void> {
    const key = keyOfHeld(item)
    leaving.value = new Set([...leaving.value, key])
    const doing = carryOut(item, decision)
    // It can be taken back from now on, also before main has answered.
    const back: WayBack = { take: () => doing.then((done) => done.back?.()), notice: null }
    const isFinal = item.kind === 'person' && decision.do === 'discard'
    if (!isFinal) undos.value = [...undos.value, back].slice(-50)
    const isDone = await notices.attempt(async () => {
      const { words } = await doing
      if (isFinal) notices.show(words)
      // One that was taken back meanwhile has nothing left to offer.
      else if (undos.value.includes(back)) {
        back.notice = notices.show(words, () => void takeBack(back))
      }
      await load()
    })
    if (!isDone) undos.value = undos.value.filter((one) => one !== back)
    leaving.value = new Set([...leaving.value].filter((one) => one !== key))
  }

  const loadSoon = useThrottleFn(() => rest().then(load), loadEvery, true)

  return { items, problem, undos, load, loadSoon, decide, undoLast }
})
