import type { PersonExplanation } from '#shared/ipc/contract'
import { inject, provide, type InjectionKey } from 'vue'

/** What is known of somebody on the open ticket. */
export interface PersonDoor {
  readonly explain: (address: string) => Promise<PersonExplanation>
  /** When a comment was written and by whom; undefined for what is no comment. */
  readonly find: (commentId: string) => { readonly at: number; readonly author: string } | undefined
}

const key: InjectionKey<PersonDoor> = Symbol('person')

export function providePersonDoor(door: PersonDoor): void {
  provide(key, door)
}

/** Null where no ticket is open yet. */
export function usePersonDoor(): PersonDoor | null {
  return inject(key, null)
}
