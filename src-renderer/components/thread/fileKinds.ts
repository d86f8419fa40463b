import {
  Archive,
  CalendarDays,
  FileCode,
  FileImage,
  FileSpreadsheet,
  FileText,
  FileType,
  FileVideo,
  Mail,
  Music,
  Presentation,
} from '@lucide/vue'
import type { Attachment } from '#shared/model/message'
import type { Component } from 'vue'

type Named = Pick<Attachment, 'name' | 'type'>

/** What main serves as a picture; anything else opens in a program of its own. */
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
/** Bytes; a larger one would be fetched for a thumbnail nobody asked for. */
const most = 6_000_000

export function isPicture({ type, size }: Pick<Attachment, 'type' | 'size'>): boolean {
  return pictures.has(type.toLowerCase()) && size <= most
}

export function pictureUrl(mailId: string, { id }: Pick<Attachment, 'id'>): string {
  return `mail://copydesk/${mailId}/part/${id}`
}

const byExtension: readonly (readonly [RegExp, Component])[] = [
  [/\.(?:png|jpe?g|gif|webp|heic|bmp|tiff?|svg)$/i, FileImage],
  [/\.(?:xlsx?|ods|csv|tsv|numbers)$/i, FileSpreadsheet],
  [/\.(?:pptx?|odp|key)$/i, Presentation],
  [/\.(?:docx?|odt|rtf|pages)$/i, FileType],
  [/\.(?:zip|gz|tgz|7z|rar|tar|xz|bz2)$/i, Archive],
  [/\.(?:mp3|wav|ogg|m4a|flac)$/i, Music],
  [/\.(?:mp4|mov|mkv|webm|avi)$/i, FileVideo],
  [/\.(?:ics|vcs)$/i, CalendarDays],
  [/\.(?:eml|msg)$/i, Mail],
  [/\.(?:json|xml|html?|js|ts|py|sh|log|ya?ml)$/i, FileCode],
]

export function fileIcon({ name, type }: Named): Component {
  const found = byExtension.find(([pattern]) => pattern.test(name))
  if (found !== undefined) return found[1]
  if (type.startsWith('image/')) return FileImage
  return type.startsWith('audio/') ? Music : FileText
}

/** "PDF", "XLSX": what a tile says of a file that has no picture. */
export function fileSort({ name, type }: Named): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]
  return (ending ?? type.split('/').at(-1)?.slice(0, 5) ?? '').toUpperCase()
}
