// Between what the editor holds and what is saved and sent. Main sanitises the HTML again.
import type { Editor, JSONContent } from '@tiptap/core'
import { DOMParser as ModelParser, type Node, type Schema } from '@tiptap/pm/model'
import type { StagedFile } from '#shared/ipc/contract'

export interface WrittenText {
  readonly text: string
  /** Null when the text has no format: it then goes out as plain text alone. */
  readonly html: string | null
}

const plainNodes = new Set(['doc', 'paragraph', 'text', 'hardBreak', 'mention'])

function hasFormat(doc: Node): boolean {
  let found = false
  doc.descendants((node) => {
    found ||= !plainNodes.has(node.type.name) || node.marks.length > 0
    return !found
  })
  return found
}

/** A parser's document runs nothing and loads nothing; the editor's schema keeps only what it knows. */
interface TrustedTypes {
  readonly trustedTypes?: {
    readonly createPolicy: (
      name: string,
      rules: { readonly createHTML: (html: string) => string },
    ) => { readonly createHTML: (html: string) => unknown }
  }
}
const policy = (window as TrustedTypes).trustedTypes?.createPolicy('copydesk-editor', {
  createHTML: (html) => html,
})

function inertBody(html: string): HTMLElement {
  const trusted = policy === undefined ? html : (policy.createHTML(html) as string)
  return new DOMParser().parseFromString(trusted, 'text/html').body
}

/** Pictures are kept as `cid:` of their staged file; only the screen knows their bytes. */
function withCids(html: string): string {
  const body = inertBody(html)
  for (const picture of body.querySelectorAll('img[data-cid]')) {
    picture.setAttribute('src', `cid:${picture.getAttribute('data-cid') ?? ''}`)
    picture.removeAttribute('data-cid')
  }
  // eslint-disable-next-line no-restricted-syntax -- read, not written: the text of a document that was never shown
  return body.innerHTML
}

export function writtenIn(editor: Editor): WrittenText {
  const text = editor.getText({ blockSeparator: '\n' })
  return { text, html: hasFormat(editor.state.doc) ? withCids(editor.getHTML()) : null }
}

function paragraphs(text: string): JSONContent[] {
  return text.split('\n').map((line) => ({
    type: 'paragraph',
    ...(line === '' ? {} : { content: [{ type: 'text', text: line }] }),
  }))
}

/** What a draft was, as a document of the editor. */
export function documentOf(
  schema: Schema,
  { text, html }: WrittenText,
  files: readonly StagedFile[],
): JSONContent {
  if (html === null) return { type: 'doc', content: paragraphs(text) }
  const body = inertBody(html)
  for (const picture of body.querySelectorAll('img')) {
    const cid = /^cid:(.+)$/.exec(picture.getAttribute('src') ?? '')?.[1]
    const file = files.find((one) => one.id === cid)
    if (file?.picture) picture.setAttribute('src', file.picture)
    if (cid !== undefined) picture.setAttribute('data-cid', cid)
  }
  return ModelParser.fromSchema(schema).parse(body).toJSON() as JSONContent
}
