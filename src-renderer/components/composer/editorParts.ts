// What the editor can hold, and the lists that open on `@` and `/`.
import { Extension, type Extensions } from '@tiptap/core'
import Image from '@tiptap/extension-image'
import Mention from '@tiptap/extension-mention'
import { Placeholder } from '@tiptap/extensions'
import { PluginKey } from '@tiptap/pm/state'
import StarterKit from '@tiptap/starter-kit'
import Suggestion, { type SuggestionOptions, type SuggestionProps } from '@tiptap/suggestion'
import type { Person } from '#shared/model/account'

export interface EditorTemplate {
  readonly id: string
  readonly name: string
  readonly text: string
}

export interface ListItem {
  readonly id: string
  readonly label: string
  readonly note: string
}

/** The open list: where it stands, what it offers, and what choosing does. */
export interface OpenList {
  readonly items: readonly ListItem[]
  readonly at: { readonly left: number; readonly top: number }
  readonly choose: (item: ListItem) => void
}

export interface Lists {
  readonly show: (list: OpenList | null) => void
  /** True when the key was for the open list. */
  readonly key: (event: KeyboardEvent) => boolean
}

/** A picture of the draft knows its staged file. What is pasted may bring its bytes, but names nothing on the internet. */
const Picture = Image.extend({
  parseHTML: () => [{ tag: 'img[src^="data:image/"]' }, { tag: 'img[data-cid]:not([src*="//"])' }],
  addAttributes() {
    return {
      ...this.parent?.(),
      cid: {
        default: null,
        parseHTML: (element: HTMLElement) => element.getAttribute('data-cid'),
        renderHTML: ({ cid }: { cid?: string | null }) => (cid ? { 'data-cid': cid } : {}),
      },
    }
  },
})

function listOptions(lists: Lists): Pick<SuggestionOptions<ListItem, ListItem>, 'render'> {
  const show = (props: SuggestionProps<ListItem, ListItem>): void => {
    const box = props.clientRect?.()
    const isOpen = props.items.length > 0 && box
    lists.show(
      isOpen
        ? { items: props.items, at: { left: box.left, top: box.top }, choose: props.command }
        : null,
    )
  }
  return {
    render: () => ({
      onStart: show,
      onUpdate: show,
      onExit: () => lists.show(null),
      onKeyDown: ({ event }) => lists.key(event),
    }),
  }
}

const matches = (query: string, ...texts: string[]): boolean =>
  texts.some((text) => text.toLowerCase().includes(query.toLowerCase()))

export interface EditorParts {
  readonly placeholder: () => string
  /** Whom `@` offers; nobody where customers would read the name. */
  readonly people: () => readonly Person[]
  readonly templates: () => readonly EditorTemplate[]
  readonly insertTemplate: (id: string) => void
  readonly lists: Lists
}

export function editorParts(parts: EditorParts): Extensions {
  const mention = Mention.configure({
    renderText: ({ node }) => `@${String(node.attrs.label ?? node.attrs.id)}`,
    suggestion: {
      ...listOptions(parts.lists),
      char: '@',
      items: ({ query }) =>
        parts
          .people()
          .filter(({ name, address }) => matches(query, name, address))
          .slice(0, 8)
          .map(({ name, address }) => ({ id: address, label: name || address, note: address })),
    },
  })
  const slash = Extension.create({
    name: 'templates',
    addProseMirrorPlugins() {
      return [
        Suggestion<ListItem, ListItem>({
          ...listOptions(parts.lists),
          editor: this.editor,
          pluginKey: new PluginKey('templates'),
          char: '/',
          items: ({ query }) =>
            parts
              .templates()
              .filter(({ name }) => matches(query, name))
              .slice(0, 8)
              .map(({ id, name, text }) => ({ id, label: name, note: text.slice(0, 60) })),
          command: ({ editor, range, props }) => {
            editor.chain().focus().deleteRange(range).run()
            parts.insertTemplate(props.id)
          },
        }),
      ]
    },
  })
  return [
    StarterKit.configure({
      heading: { levels: [2, 3] },
      link: { openOnClick: false, autolink: true, protocols: ['http', 'https', 'mailto'] },
    }),
    Placeholder.configure({ placeholder: parts.placeholder }),
    Picture.configure({ allowBase64: true }),
    mention,
    slash,
  ]
}
