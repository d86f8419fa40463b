import type { AppEvent, Change, Contract } from '#shared/ipc/contract'
import type { WireError } from '#shared/ipc/errors'
import type { Bridge, Envelope, Handlers } from '#shared/ipc/procedure'

type Answers = { [G in keyof Contract]?: Partial<Handlers<Contract>[G]> }

/** An answer that says no, as main would. */
export class Refusal extends Error {
  readonly code: WireError['code']

  readonly detail: WireError['detail']

  constructor(code: WireError['code'], message: string, detail: WireError['detail'] = {}) {
    super(message)
    this.code = code
    this.detail = detail
  }
}

export interface FakeBridge extends Bridge {
  readonly calls: { readonly path: string; readonly input: unknown }[]
  readonly inputsOf: (path: string) => unknown[]
  readonly say: (event: AppEvent) => void
  readonly changed: (entity: Change['entity'], ...ids: string[]) => void
}

/** Main as the renderer sees it: what is not answered here is refused as not found. */
export function createFakeBridge(answers: Answers): FakeBridge {
  const calls: { path: string; input: unknown }[] = []
  const listeners = new Set<(event: unknown) => void>()
  const groups = answers as Record<string, Record<string, (input: unknown) => unknown>>

  async function call(path: string, input: unknown): Promise<Envelope> {
    calls.push({ path, input })
    const [group = '', name = ''] = path.split('.')
    const answer = groups[group]?.[name]
    const refuse = (
      code: WireError['code'],
      message: string,
      detail: WireError['detail'] = {},
    ): Envelope => ({ ok: false, error: { code, message, detail } })
    if (answer === undefined) return refuse('not-found', `The fake desk does not answer ${path}.`)
    try {
      return { ok: true, value: structuredClone(await answer(structuredClone(input))) }
    } catch (error) {
      if (error instanceof Refusal) return refuse(error.code, error.message, error.detail)
      throw error
    }
  }

  function say(event: AppEvent): void {
    for (const listener of listeners) listener(event)
  }

  return {
    calls,
    call,
    say,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    inputsOf: (path) => calls.filter((one) => one.path === path).map((one) => one.input),
    changed: (entity, ...ids) => {
      say({ type: 'changed', changes: [{ entity, ids, origin: 'mail' }] })
    },
  }
}

/** Puts a desk behind the window, where api.ts looks for it. */
export function install(bridge: Bridge): void {
  Object.defineProperty(window, 'copydesk', { value: bridge, configurable: true })
}
