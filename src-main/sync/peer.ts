// Two processes of one desk that call each other: questions that are answered, and news that are not.
import { AppError, fromWire, toWire, type WireError } from '#shared/ipc/errors'
import { say } from '#shared/rules/sayings'
import { log } from '../log'

/** The line to the other process; what goes through it is plain data. */
export interface Line {
  readonly send: (message: unknown) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
}

/** What one side can be asked or told, by name. */
export type Verbs = Record<string, (input: never) => unknown>
type Input<V> = V extends (input: infer I) => unknown ? I : never
type Output<V> = V extends (input: never) => infer O ? Awaited<O> : never

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'tell'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }

export interface Peer<Theirs extends Verbs> {
  readonly call: <K extends keyof Theirs & string>(
    name: K,
    input: Input<Theirs[K]>,
  ) => Promise<Output<Theirs[K]>>
  readonly tell: <K extends keyof Theirs & string>(name: K, input: Input<Theirs[K]>) => void
  /** The line is dead: whoever waits for an answer gets this error. */
  readonly end: (error: AppError) => void
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

function wireOf(error: unknown): WireError {
  if (error instanceof AppError) return toWire(error)
  log.error('sync', 'call failed', { error })
  return toWire(new AppError('internal', say('reading-failed')))
}

export function createPeer<Theirs extends Verbs>(line: Line, own: Verbs): Peer<Theirs> {
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let ended: AppError | undefined

  const perform = (name: string, input: unknown): unknown => {
    const verb = own[name] as ((input: unknown) => unknown) | undefined
    if (verb === undefined) throw new Error(`nothing is called "${name}" here`)
    return verb(input)
  }

  const answer = async (id: number, name: string, input: unknown): Promise<void> => {
    try {
      line.send({ kind: 'value', id, value: await perform(name, input) } satisfies Message)
    } catch (error) {
      line.send({ kind: 'error', id, error: wireOf(error) } satisfies Message)
    }
  }

  line.onMessage((data) => {
    const message = data as Message
    switch (message.kind) {
      case 'call':
        void answer(message.id, message.name, message.input)
        return
      case 'tell':
        perform(message.name, message.input)
        return
      case 'value':
        waiting.get(message.id)?.resolve(message.value as never)
        waiting.delete(message.id)
        return
      case 'error':
        waiting.get(message.id)?.reject(fromWire(message.error))
        waiting.delete(message.id)
    }
  })

  return {
    call: (name, input) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended)
          return
        }
        const id = nextId++
        waiting.set(id, { resolve, reject })
        line.send({ kind: 'call', id, name, input } satisfies Message)
      }),
    tell: (name, input) => {
      if (ended === undefined) line.send({ kind: 'tell', name, input } satisfies Message)
    },
    end: (error) => {
      ended = error
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    },
  }
}
