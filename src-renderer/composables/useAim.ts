import { until, useEventListener } from '@vueuse/core'
import { onScopeDispose, ref, type Ref } from 'vue'

/** A pointer that lies still for so long aims at nothing any more. */
export const restMs = 1_000

/**
 * Whether a hand is about to click in a list. Rows that changed places under it would let it meet another ticket or mail
 * than the one it aims at, so what comes by itself waits for `rest`.
 */
export const isAiming = ref(false)

/** Resolves at once while no hand is in a list. */
export async function rest(): Promise<void> {
  await until(isAiming).toBe(false)
}

/** Tells when a hand aims at something in `area`: from the last movement on for a second, and while it presses. */
export function useAim(area: Readonly<Ref<HTMLElement | null>>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isPressed = false

  function restIn(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => (isAiming.value = isPressed), ms)
  }
  function move(): void {
    isAiming.value = true
    restIn(restMs)
  }
  function press(): void {
    isPressed = true
    move()
  }
  function release(): void {
    isPressed = false
    if (isAiming.value) restIn(restMs)
  }

  useEventListener(area, ['pointermove', 'wheel'], move, { passive: true })
  useEventListener(area, 'pointerdown', press)
  useEventListener(window, ['pointerup', 'pointercancel', 'blur'], release)
  // After whoever listens to the click has had it.
  useEventListener(area, 'click', () => restIn(0), { capture: true })
  useEventListener(area, 'pointerleave', () => restIn(0))
  onScopeDispose(() => {
    clearTimeout(timer)
    isAiming.value = false
  })
}
