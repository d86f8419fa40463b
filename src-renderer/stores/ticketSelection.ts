import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { TicketAction } from '#shared/ipc/contract'
import type { TicketRow } from '#shared/model/ticket'
import { api } from '../api'
import { t } from '../i18n'
import { useNoticesStore } from './notices'
import { useTicketListStore } from './ticketList'

/** As many as one call may change. */
const most = 500

/** The tickets picked in the list, and what is done to all of them at once. */
export const useTicketSelectionStore = defineStore('ticketSelection', () => {
  const list = useTicketListStore()
  const notices = useNoticesStore()
  const rows = shallowRef<ReadonlyMap<string, TicketRow>>(new Map())
  const ids = computed(() => [...rows.value.keys()])
  const isBusy = shallowRef(false)
  let anchor: number | null = null

  function toggle(index: number): void {
    const row = list.rowAt(index)
    if (row === undefined) return
    const next = new Map(rows.value)
    if (!next.delete(row.id) && next.size < most) next.set(row.id, row)
    rows.value = next
    anchor = index
  }

  /** Everything between the row last picked and this one, as one expects of Shift. */
  async function extendTo(index: number, from: number): Promise<void> {
    anchor ??= from
    const first = Math.min(anchor, index)
    const last = Math.min(Math.max(anchor, index), first + most - 1)
    const kept = anchor
    await list.look(first, last)
    const next = new Map<string, TicketRow>()
    for (let at = first; at <= last; at += 1) {
      const row = list.rowAt(at)
      if (row !== undefined) next.set(row.id, row)
    }
    rows.value = next
    anchor = kept
  }

  async function selectAll(): Promise<void> {
    anchor = 0
    await extendTo(Math.max(0, (list.total ?? 1) - 1), 0)
  }

  function clear(): void {
    rows.value = new Map()
    anchor = null
  }

  async function apply(chosen: readonly string[], action: TicketAction): Promise<string[]> {
    const { done, refused } = await api.tickets.changeMany({ ticketIds: [...chosen], action })
    const [first] = refused
    if (first !== undefined) {
      notices.showProblem(new Error(t('bulk.refused', { n: refused.length, why: first.message })))
    }
    return done
  }

  /** How to put back what `action` replaced: one call per former value. */
  function inverses(done: readonly string[], action: TicketAction): (() => Promise<unknown>)[] {
    const former = rows.value
    const groups = new Map<string, { ids: string[]; action: TicketAction }>()
    for (const id of done) {
      const row = former.get(id)
      const back: TicketAction | null =
        row === undefined
          ? null
          : action.do === 'assign'
            ? { do: 'assign', assignee: row.assignee }
            : action.do === 'setStatus'
              ? { do: 'setStatus', status: row.status }
              : null
      if (back === null) continue
      const key = JSON.stringify(back)
      const group = groups.get(key) ?? { ids: [], action: back }
      group.ids.push(id)
      groups.set(key, group)
    }
    return [...groups.values()].map((group) => () => apply(group.ids, group.action))
  }

  /** Does it to all that are picked; they stay picked, so that several things can be done in a row. */
  async function change(action: TicketAction, saying: string): Promise<void> {
    if (ids.value.length === 0) return
    isBusy.value = true
    await notices.attempt(async () => {
      const done = await apply(ids.value, action)
      if (done.length === 0) return
      const undo = inverses(done, action)
      const back = (): void => {
        void notices.attempt(async () => {
          for (const each of undo) await each()
        })
      }
      notices.show(`${t('bulk.done', { n: done.length })} ${saying}`, undo.length > 0 ? back : null)
    })
    isBusy.value = false
  }

  return { rows, ids, isBusy, toggle, extendTo, selectAll, clear, change }
})
