// What the system's own menus, tray, dialogs and notifications say. The page has its texts in src-renderer/locales.
import type { Language, Preferences } from '#shared/model/preferences'

const en = {
  file: '&File',
  edit: '&Edit',
  view: '&View',
  window: '&Window',
  help: '&Help',
  speech: 'Speech',
  showLog: 'Show Log File',
  newTicket: 'New Ticket',
  settings: 'Settings…',
  copyLink: 'Copy Link',
  open: 'Open Copydesk',
  pause: 'Pause Notifications',
  quit: 'Quit',
  unassigned: 'Unassigned: {n}',
  held: 'Held: {n}',
  cancel: 'Cancel',
  openLink: 'Open link',
  openLinkAsk: 'Open this link?',
  openAnyway: 'Open anyway',
  reply: 'Reply',
  assignMe: 'Assign to me',
  'assigned-to-you': '{who} assigned this ticket to you',
  'your-ticket': '{who} wrote on your ticket',
  followed: '{who} wrote on a ticket you follow',
  copied: '{who} wrote on a ticket you are CC of',
  'new-ticket': '{who} opened a ticket',
}

/** Every text of the main process in one language. */
export type Words = Readonly<Record<keyof typeof en, string>>

const de: Words = {
  file: '&Datei',
  edit: '&Bearbeiten',
  view: '&Ansicht',
  window: '&Fenster',
  help: '&Hilfe',
  speech: 'Sprache',
  showLog: 'Protokolldatei zeigen',
  newTicket: 'Neues Ticket',
  settings: 'Einstellungen…',
  copyLink: 'Link kopieren',
  open: 'Copydesk öffnen',
  pause: 'Benachrichtigungen pausieren',
  quit: 'Beenden',
  unassigned: 'Nicht zugewiesen: {n}',
  held: 'Zurückgehalten: {n}',
  cancel: 'Abbrechen',
  openLink: 'Link öffnen',
  openLinkAsk: 'Diesen Link öffnen?',
  openAnyway: 'Trotzdem öffnen',
  reply: 'Antworten',
  assignMe: 'Mir zuweisen',
  'assigned-to-you': '{who} hat Ihnen dieses Ticket zugewiesen',
  'your-ticket': '{who} schrieb in Ihrem Ticket',
  followed: '{who} schrieb in einem Ticket, dem Sie folgen',
  copied: '{who} schrieb in einem Ticket, in dem Sie CC sind',
  'new-ticket': '{who} hat ein Ticket eröffnet',
}

const fr: Words = {
  file: '&Fichier',
  edit: '&Édition',
  view: '&Affichage',
  window: 'Fe&nêtre',
  help: '&Aide',
  speech: 'Parole',
  showLog: 'Afficher le journal',
  newTicket: 'Nouveau ticket',
  settings: 'Réglages…',
  copyLink: 'Copier le lien',
  open: 'Ouvrir Copydesk',
  pause: 'Suspendre les notifications',
  quit: 'Quitter',
  unassigned: 'Non attribués : {n}',
  held: 'Retenus : {n}',
  cancel: 'Annuler',
  openLink: 'Ouvrir le lien',
  openLinkAsk: 'Ouvrir ce lien ?',
  openAnyway: 'Ouvrir quand même',
  reply: 'Répondre',
  assignMe: 'M’attribuer',
  'assigned-to-you': '{who} vous a attribué ce ticket',
  'your-ticket': '{who} a écrit sur votre ticket',
  followed: '{who} a écrit sur un ticket que vous suivez',
  copied: '{who} a écrit sur un ticket où vous êtes en CC',
  'new-ticket': '{who} a ouvert un ticket',
}

const es: Words = {
  file: '&Archivo',
  edit: '&Edición',
  view: '&Ver',
  window: 'Ve&ntana',
  help: 'A&yuda',
  speech: 'Voz',
  showLog: 'Mostrar el registro',
  newTicket: 'Ticket nuevo',
  settings: 'Ajustes…',
  copyLink: 'Copiar enlace',
  open: 'Abrir Copydesk',
  pause: 'Pausar notificaciones',
  quit: 'Salir',
  unassigned: 'Sin asignar: {n}',
  held: 'Retenidos: {n}',
  cancel: 'Cancelar',
  openLink: 'Abrir enlace',
  openLinkAsk: '¿Abrir este enlace?',
  openAnyway: 'Abrir de todos modos',
  reply: 'Responder',
  assignMe: 'Asignármelo',
  'assigned-to-you': '{who} le asignó este ticket',
  'your-ticket': '{who} escribió en su ticket',
  followed: '{who} escribió en un ticket que sigue',
  copied: '{who} escribió en un ticket donde está en CC',
  'new-ticket': '{who} abrió un ticket',
}

const ja: Words = {
  file: 'ファイル(&F)',
  edit: '編集(&E)',
  view: '表示(&V)',
  window: 'ウィンドウ(&W)',
  help: 'ヘルプ(&H)',
  speech: 'スピーチ',
  showLog: 'ログファイルを表示',
  newTicket: '新しいチケット',
  settings: '設定…',
  copyLink: 'リンクをコピー',
  open: 'Copydesk を開く',
  pause: '通知を一時停止',
  quit: '終了',
  unassigned: '未割り当て：{n}',
  held: '保留：{n}',
  cancel: 'キャンセル',
  openLink: 'リンクを開く',
  openLinkAsk: 'このリンクを開きますか？',
  openAnyway: 'それでも開く',
  reply: '返信',
  assignMe: '自分に割り当て',
  'assigned-to-you': '{who} さんがこのチケットをあなたに割り当てました',
  'your-ticket': '{who} さんがあなたのチケットに書き込みました',
  followed: '{who} さんがフォロー中のチケットに書き込みました',
  copied: '{who} さんがあなたが CC のチケットに書き込みました',
  'new-ticket': '{who} さんがチケットを開きました',
}

export const allWords: Readonly<Record<Language, Words>> = { en, de, fr, es, ja }

let current: Words = en

/** Speaks this language from now on; `locale` is the system's (BCP 47). */
export function speakMain(choice: Preferences['language'], locale: string): void {
  const tag = choice === 'system' ? (locale.split('-')[0] ?? '') : choice
  current = Object.entries(allWords).find(([name]) => name === tag)?.[1] ?? en
}

/** A text in the language of the app, with `{n}` and the like filled in. */
export function say(
  key: keyof Words,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return current[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
