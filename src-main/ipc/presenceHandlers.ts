import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import type { Door } from './door'

/** Who is at which ticket now. */
export function presenceHandlers({ engine }: Door): Pick<Handlers<Contract>, 'presence'> {
  return {
    presence: {
      set: (whereabouts) => engine.presence.set(whereabouts),
      list: () => engine.presence.list(),
    },
  }
}
