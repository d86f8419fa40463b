import { ref, watch, type Ref } from 'vue'
import type { PlanView } from '#shared/ipc/contract'
import type { TicketStatus } from '#shared/model/ticket'
import type { ComposerMode, Later } from '../../composables/drafting'

export interface HowToSend {
  readonly status: TicketStatus | null
  readonly later: Later | null
}

type State =
  | { readonly kind: 'idle' }
  /** For the plan of the people who are on screen now; `confirmed` names domains already agreed to. */
  | { readonly kind: 'waiting'; readonly how: HowToSend; readonly confirmed: string }
  | { readonly kind: 'asking'; readonly how: HowToSend; readonly domains: readonly string[] }

interface Writing {
  readonly ticketId: string
  readonly mode: ComposerMode
  /** Who gets it as main would send it now; null while that is being asked. */
  readonly plan: PlanView | null
  /** Why it cannot be asked, or empty. */
  readonly planProblem: string
  readonly isReady: boolean
}

/**
 * The way from the key to the mail: nothing is sent on a plan that is not there, and mail to a domain
 * that is new on the ticket takes one more key (participants.md §5).
 */
export function useSending(
  writing: () => Writing,
  send: (how: HowToSend) => void,
  /** The plan says that it would be refused as it is. */
  refuse: () => void,
): {
  state: Readonly<Ref<State>>
  start: (how: HowToSend) => void
  confirm: () => void
  cancel: () => void
} {
  const state = ref<State>({ kind: 'idle' })

  function settle(): void {
    const now = state.value
    const { mode, plan, planProblem, isReady } = writing()
    if (now.kind !== 'waiting') return
    if (!isReady || (planProblem !== '' && mode !== 'internal')) {
      state.value = { kind: 'idle' }
      return
    }
    if (plan === null && mode !== 'internal') return
    if (plan !== null && plan.hidden.length + plan.exposed.length > 0) {
      state.value = { kind: 'idle' }
      refuse()
      return
    }
    const domains = mode === 'internal' ? [] : (plan?.audienceChange.newDomains ?? [])
    if (domains.length === 0 || domains.join() === now.confirmed) {
      state.value = { kind: 'idle' }
      send(now.how)
    } else state.value = { kind: 'asking', how: now.how, domains }
  }

  function wait(how: HowToSend, confirmed: string): void {
    state.value = { kind: 'waiting', how, confirmed }
    settle()
  }

  function cancel(): void {
    state.value = { kind: 'idle' }
  }

  function confirm(): void {
    const now = state.value
    if (now.kind === 'asking') wait(now.how, now.domains.join())
  }

  watch([() => writing().ticketId, () => writing().mode], cancel)
  watch(
    [() => writing().plan, () => writing().planProblem, () => writing().isReady] as const,
    ([plan]) => {
      settle()
      const now = state.value
      if (now.kind !== 'asking' || plan === null) return
      // What was asked about another audience is not answered by the key for this one.
      if (plan.audienceChange.newDomains.join() !== now.domains.join()) cancel()
    },
  )

  return { state, start: (how) => (writing().isReady ? wait(how, '') : undefined), confirm, cancel }
}
