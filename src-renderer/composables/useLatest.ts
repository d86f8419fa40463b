import { shallowRef, type ShallowRef } from 'vue'
import { asProblem, type Problem } from './problem'

export interface Latest<A extends unknown[], T> {
  readonly value: ShallowRef<T | null>
  readonly problem: ShallowRef<Problem | null>
  readonly isLoading: ShallowRef<boolean>
  readonly run: (...args: A) => Promise<void>
  readonly reset: () => void
}

/** Asks; the last call wins, whenever its answer comes, and the old value stays while it loads. */
export function useLatest<A extends unknown[], T>(ask: (...args: A) => Promise<T>): Latest<A, T> {
  const value: ShallowRef<T | null> = shallowRef(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = shallowRef(false)
  let turn = 0

  async function run(...args: A): Promise<void> {
    turn += 1
    const mine = turn
    isLoading.value = true
    try {
      const answer = await ask(...args)
      if (mine !== turn) return
      value.value = answer
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  function reset(): void {
    turn += 1
    value.value = null
    problem.value = null
    isLoading.value = false
  }

  return { value, problem, isLoading, run, reset }
}
