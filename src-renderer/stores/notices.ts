import { defineStore } from 'pinia'
import { ref } from 'vue'
import { asProblem } from '../composables/problem'

export interface Notice {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'problem'
  readonly undo: (() => void) | null
  /** ms it stays. */
  readonly ms: number
}

/** Short words at the edge of the window: what was done, with its undo, or why it was not. */
export const useNoticesStore = defineStore('notices', () => {
  const notices = ref<Notice[]>([])
  let last = 0

  /** Its id, for who takes it away before its time. */
  function show(text: string, undo: (() => void) | null = null, ms = 6_000): number {
    last += 1
    notices.value = [...notices.value, { id: last, text, tone: 'plain', undo, ms }]
    return last
  }

  function showProblem(error: unknown): void {
    last += 1
    const text = asProblem(error).message
    notices.value = [...notices.value, { id: last, text, tone: 'problem', undo: null, ms: 12_000 }]
  }

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  /** Does it; when it is refused, says why and answers false. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      showProblem(error)
      return false
    }
  }

  /** Does what the newest notice offers to take back. */
  function undoLast(): void {
    const last = notices.value.findLast(({ undo }) => undo !== null)
    if (last === undefined) return
    dismiss(last.id)
    last.undo?.()
  }

  return { notices, show, showProblem, dismiss, undoLast, attempt }
})
