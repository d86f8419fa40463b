import type { Engine } from '../engine'
import type { Host, LeftOut } from '../host'
import type { FrameExtras } from '#shared/ipc/contract'
import type { Viewer } from '../tickets/views'

export interface Services {
  readonly engine: Engine
  readonly host: Host
  /** What of this mail lies on the internet. */
  readonly leftOutOf: (mailId: string, extras: FrameExtras) => Promise<LeftOut>
  /** Which build runs on which folder. */
  readonly about: { readonly version: string; readonly folder: string }
}

/** What every group of handlers is given. */
export interface Door extends Services {
  readonly viewer: () => Promise<Viewer>
  /** Files and sources of a mail are as restricted as its ticket. */
  readonly mustSeeMail: (mailId: string) => Promise<void>
}
