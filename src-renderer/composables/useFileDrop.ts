import { ref, type Ref } from 'vue'

/** Files dragged onto an element, with what to bind with `v-on`; `isOver` while they hover. What an inner element has taken is left alone. */
export function useFileDrop(take: (files: readonly File[]) => void): {
  isOver: Readonly<Ref<boolean>>
  on: Readonly<Record<'dragover' | 'dragleave' | 'drop', (event: DragEvent) => void>>
} {
  const isOver = ref(false)
  const carriesFiles = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes('Files') ?? false

  return {
    isOver,
    on: {
      dragover: (event) => {
        if (!carriesFiles(event)) return
        event.preventDefault()
        isOver.value = true
      },
      dragleave: ({ currentTarget, relatedTarget }) => {
        const isInside =
          currentTarget instanceof Node &&
          relatedTarget instanceof Node &&
          currentTarget.contains(relatedTarget)
        if (!isInside) isOver.value = false
      },
      drop: (event) => {
        isOver.value = false
        if (event.defaultPrevented || !carriesFiles(event)) return
        event.preventDefault()
        take([...(event.dataTransfer?.files ?? [])])
      },
    },
  }
}
