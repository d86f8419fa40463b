// Takes out of a text what would tell customers who follows: the @ before a name, and where they follow already the name too.
import type { Editor } from '@tiptap/core'
import type { Person } from '#shared/model/account'
import type { HiddenMention } from '#shared/rules/hidden'
import { mentionSpans } from '#shared/rules/mentions'

interface Cut {
  readonly from: number
  readonly to: number
  readonly instead: string
}

export function unname(
  editor: Editor,
  hidden: readonly HiddenMention[],
  people: readonly Person[],
): void {
  const cuts: Cut[] = []
  const follows = new Map(hidden.map(({ address, isFollower }) => [address, isFollower]))
  editor.state.doc.descendants((node, place) => {
    if (node.type.name === 'mention') {
      const isFollower = follows.get(String(node.attrs['id']))
      if (isFollower === undefined) return
      const name = String(node.attrs['label'] ?? node.attrs['id'])
      cuts.push({ from: place, to: place + node.nodeSize, instead: isFollower ? '' : name })
    }
    for (const { at, length, addresses } of mentionSpans(
      { people: [...people] },
      node.text ?? '',
    )) {
      const known = addresses.flatMap((address) => follows.get(address) ?? [])
      if (known.length === 0) continue
      const from = place + at
      cuts.push({ from, to: from + (known.includes(true) ? length : 1), instead: '' })
    }
  })
  const { tr, schema } = editor.state
  for (const { from, to, instead } of cuts.reverse()) {
    if (instead === '') tr.delete(from, to)
    else tr.replaceWith(from, to, schema.text(instead))
  }
  editor.view.dispatch(tr)
}
