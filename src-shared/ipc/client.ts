import type { Bridge, Client, ContractShape } from './procedure'
import { fromWire } from './errors'

/** The only two channels between main and renderer. */
export const callChannel = 'copydesk:call'
export const eventChannel = 'copydesk:event'

/** A typed caller over a bridge: `client.tickets.get({ id })`. Throws `AppError` on refusal. */
export function createClient<C extends ContractShape>(bridge: Bridge): Client<C> {
  const group = (name: string): unknown =>
    new Proxy(
      {},
      {
        get: (_target, procedure) => async (input: unknown) => {
          const answer = await bridge.call(`${name}.${String(procedure)}`, input)
          if (answer.ok) return answer.value
          throw fromWire(answer.error)
        },
      },
    )
  return new Proxy({}, { get: (_target, name) => group(String(name)) }) as Client<C>
}
