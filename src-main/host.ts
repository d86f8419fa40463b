// What the app needs from the machine it runs on, and what it offers to it. Types only, so that
// app.ts and the command line know them without importing electron/.

import type { MailImages } from '#shared/ipc/contract'
import type { Envelope } from '#shared/ipc/procedure'
import type { News } from '#shared/model/attention'
import type { OpenRequest } from '#shared/model/openRequest'

/** Passwords by account. `ask`: the system has no key store, so they last for this run only. */
export interface Secrets {
  readonly mode: 'system' | 'ask'
  readonly get: (accountId: string) => Promise<string | null>
  readonly set: (accountId: string, password: string) => Promise<void>
}

export interface Host {
  /** Height in CSS pixels of the frame that shows this mail (see `App.mailFrame`); 0 when it could not be measured. */
  readonly frameHeight: (mailId: string) => Promise<number>
  /** Sanitises HTML once more, in the engine that shows it. */
  readonly purify: (html: string) => Promise<string>
  /** Throws `AppError('refused')` for anything but a plain http, https or mailto link. */
  readonly openExternal: (url: string) => Promise<void>
  /** False when the person cancelled. */
  readonly saveFile: (name: string, bytes: Uint8Array) => Promise<boolean>
  /** The same for a text that is made while it is written; false when the person cancelled. */
  readonly saveLines: (name: string, lines: AsyncIterable<string>) => Promise<boolean>
  /** Shows a file or folder of ours in the system's file manager. */
  readonly showFile: (path: string) => void
  readonly openFile: (name: string, bytes: Uint8Array) => Promise<void>
  /** What a link asked for since the last call; null when nothing waits. */
  readonly takeRequest: () => OpenRequest | null
  /** Prints a document of ours through the system's dialog. */
  readonly print: (html: string) => Promise<void>
  /** The same document as a PDF where the person says; false when they cancelled. */
  readonly savePdf: (name: string, html: string) => Promise<boolean>
}

export interface MailFrame {
  /** Sanitised; inline images as the relative URL `part/<attachmentId>`. */
  readonly html: string
  /** What is harmless of its style sheets. */
  readonly sheet?: string
  readonly hasRemote: boolean
}

/** What a mail's frame shows only when asked to. */
export interface LeftOut {
  /** Something lies on the internet. */
  readonly hasRemote: boolean
  /** All but the beginning of a very long mail. */
  readonly isCut: boolean
  /** The mail it answers stands at its end. */
  readonly hasQuote: boolean
  /** Its text form says something else (reliability.md B15). */
  readonly partsDiffer: boolean
  readonly images: MailImages
}

export interface InlinePart {
  readonly type: string
  readonly bytes: Uint8Array
}

export interface App {
  readonly serve: (path: string, input: unknown) => Promise<Envelope>
  readonly onEvent: (listener: (event: unknown) => void) => () => void
  /** What the person at this desktop should hear of, as it comes. */
  readonly onNews: (listener: (news: News) => void) => () => void
  /** The machine slept or the network came back: do not wait for the next poll. */
  readonly wake: () => void
  /** `frameId`: id of the mail, with what it shows beyond the usual behind it (`frameIdOf`). */
  readonly mailFrame: (frameId: string) => Promise<MailFrame | null>
  /** The n-th picture on the internet of a frame that shows them; null unless somebody has chosen to see them. */
  readonly remotePicture: (frameId: string, n: number) => Promise<InlinePart | null>
  readonly inlinePart: (mailId: string, attachmentId: string) => Promise<InlinePart | null>
  readonly stop: () => Promise<void>
}

/** A process of ours without a window. */
export interface Child {
  readonly send: (message: unknown) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
  /** With its exit code, where there is one. */
  readonly onExit: (listener: (code: number | null) => void) => void
  readonly kill: () => void
}

/** Starts a built file of ours as a process. */
export type Fork = (file: string, args: readonly string[]) => Child

export interface StartOptions {
  readonly profile: string
  readonly secrets: Secrets
  readonly host: Host
  readonly version: string
  /** Folder of the built workers; by default the one of this bundle, where it has them. */
  readonly workers?: string | undefined
  /** How to start the sync process; by default as Node does. */
  readonly fork?: Fork | undefined
}
