import type { AppEvent, Change } from '#shared/ipc/contract'

/** Whether an event of the app says that one of these has changed. */
export function isChangeOf(event: unknown, ...entities: readonly Change['entity'][]): boolean {
  const { type, changes = [] } = event as Partial<Extract<AppEvent, { type: 'changed' }>>
  return type === 'changed' && changes.some(({ entity }) => entities.includes(entity))
}
