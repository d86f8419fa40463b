import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { asProblem, type Problem } from '../composables/problem'

export const pageSize = 100
/** Pages kept in memory; further ones are asked for again when scrolled to. */
const keptPages = 40

type Ask<R> = (offset: number) => Promise<{ readonly rows: readonly R[]; readonly total: number }>
type Range = readonly [first: number, last: number]

export interface Pages<R> {
  readonly total: Ref<number | null>
  readonly problem: ShallowRef<Problem | null>
  readonly rowAt: (index: number) => R | undefined
  /** Where a row stands among those that are here; null when it is not. */
  readonly indexOf: (is: (row: R) => boolean) => number | null
  readonly look: (first: number, last: number) => Promise<void>
  /** Shows the answer when `rest` has resolved. */
  readonly refresh: (rest?: () => Promise<void>) => Promise<void>
  readonly reset: (isOldShown: boolean) => Promise<void>
}

function pagesOf([first, last]: Range): number[] {
  const from = Math.floor(first / pageSize)
  const count = Math.floor(last / pageSize) - from + 1
  return Array.from({ length: count }, (_, step) => from + step)
}

/** A long list of which only the pages one looks at are here. */
export function usePages<R>(ask: Ask<R>): Pages<R> {
  const pages = shallowRef<ReadonlyMap<number, readonly R[]>>(new Map())
  const total = ref<number | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = new Set<number>()
  /** Rises with each question that replaces all rows: answers to older ones are dropped. */
  let turn = 0
  let visible: Range = [0, 0]

  function rowAt(index: number): R | undefined {
    return pages.value.get(Math.floor(index / pageSize))?.[index % pageSize]
  }

  function indexOf(is: (row: R) => boolean): number | null {
    for (const [page, rows] of pages.value) {
      const at = rows.findIndex(is)
      if (at >= 0) return page * pageSize + at
    }
    return null
  }

  /** Asks again for what is on screen; old rows stay until all answers are here. */
  async function refresh(rest?: () => Promise<void>): Promise<void> {
    turn += 1
    const mine = turn
    loading.clear()
    try {
      const wanted = pagesOf(visible)
      const answers = await Promise.all(wanted.map((page) => ask(page * pageSize)))
      await rest?.()
      if (mine !== turn) return
      pages.value = new Map(wanted.map((page, at) => [page, answers[at]?.rows ?? []]))
      total.value = answers[0]?.total ?? 0
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    }
  }

  async function load(page: number): Promise<void> {
    const mine = turn
    loading.add(page)
    try {
      const answer = await ask(page * pageSize)
      if (mine !== turn) return
      pages.value = new Map([...pages.value, [page, answer.rows] as const].slice(-keptPages))
      total.value = answer.total
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.delete(page)
    }
  }

  /** The rows one sees; missing pages are fetched. */
  async function look(first: number, last: number): Promise<void> {
    visible = [Math.max(0, first), Math.max(first, last, 0)]
    if (total.value === null) return
    const missing = pagesOf(visible).filter((page) => !pages.value.has(page) && !loading.has(page))
    await Promise.all(missing.map(load))
  }

  /** Another list from its beginning. */
  async function reset(isOldShown: boolean): Promise<void> {
    if (!isOldShown) {
      pages.value = new Map()
      total.value = null
    }
    visible = [0, 0]
    await refresh()
  }

  return { total, problem, rowAt, indexOf, look, refresh, reset }
}
