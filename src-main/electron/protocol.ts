// The two schemes the window can load: `app:` is the renderer as built, `mail:` is one mail's
// content. There is no file: and no remote page.

import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import type { App, InlinePart } from '../host'
import { log } from '../log'
import type { ServedFile } from './fileTable'
import { inlineImageType, mailDocument, mailPolicy } from './mailDocument'
import { appHost, mailHost } from './origins'

const appPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // The cursor while one drags the line between two panes: Reka UI sets it by a style sheet of one of these texts, empty at first.
  `style-src 'self' ${[
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'ejxaNqI9HE4qAX7B2hAfln6pnS37ktMxKSd3kZCKrvU=',
    'XvJ01jaWVHkBTx63VEEV8Mmbn7pi9cbgzXIyweci36Q=',
    '3E7V3vrrCp0FIalfwVOrEiZQA9GXrPxylQSBapcdnoM=',
  ]
    .map((hash) => `'sha256-${hash}'`)
    .join(' ')}`,
  // Pictures attached to a mail, as main serves them: by id, of the raster types it knows.
  `img-src 'self' data: mail://${mailHost}`,
  "font-src 'self'",
  "connect-src 'none'",
  'frame-src mail:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // Vue makes its policy for the static parts of its compiled templates; the editor and its clipboard make theirs to
  // parse what is typed or pasted in documents without scripts, of which they keep what their schema knows.
  'trusted-types vue copydesk-editor ProseMirrorClipboard',
].join('; ')

const nothing = "default-src 'none'; sandbox"

/** Call before the app is ready. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true } },
    { scheme: 'mail', privileges: { standard: true } },
  ])
}

export function serveApp(session: Session, files: ReadonlyMap<string, ServedFile>): void {
  session.protocol.handle('app', async ({ url, method }) => {
    const { host, pathname } = new URL(url)
    const file = host === appHost && method === 'GET' ? files.get(pathname) : undefined
    return file ? respond(await readFile(file.path), file.type, appPolicy) : notFound()
  })
}

type MailSource = Pick<App, 'mailFrame' | 'inlinePart' | 'remotePicture'>

/** Call before the first page loads: later it would know `mail:` in frames only, and not for its own pictures. */
export function serveMail(session: Session, source: Promise<MailSource>): void {
  session.protocol.handle('mail', async ({ url, method }) => {
    try {
      return method === 'GET' ? await answerMail(new URL(url), await source) : notFound()
    } catch (error) {
      log.error('window', 'mailNotShown', { error })
      return notFound()
    }
  })
}

// An id stands in the policy header as well, so nothing but letters and digits may be one.
const mailPath = /^\/([\w-]{1,64})\/(?:part\/([\w-]{1,64})|remote\/(\d{1,5}))?$/

async function answerMail({ host, pathname }: URL, source: MailSource): Promise<Response> {
  const [, mailId, attachmentId, picture] = mailPath.exec(pathname) ?? []
  if (host !== mailHost || mailId === undefined) return notFound()
  if (attachmentId !== undefined) return answerPart(await source.inlinePart(mailId, attachmentId))
  if (picture !== undefined) {
    return answerPart(await source.remotePicture(mailId, Number(picture)))
  }
  const mail = await source.mailFrame(mailId)
  const type = 'text/html; charset=utf-8'
  return mail ? respond(mailDocument(mail.html, mail.sheet), type, mailPolicy(mailId)) : notFound()
}

function answerPart(part: InlinePart | null): Response {
  const type = part && inlineImageType(part)
  return part && type ? respond(part.bytes, type, nothing) : notFound()
}

function notFound(): Response {
  return respond('', 'text/plain', nothing, 404)
}

function respond(body: string | Uint8Array, type: string, policy: string, status = 200): Response {
  const headers = {
    'content-type': type,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  }
  return new Response(body as ConstructorParameters<typeof Response>[0], { status, headers })
}
