import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { StagedFile, ThreadEntry, TicketAction, TicketDetail } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
import type { Participant } from '#shared/model/participant'
import type { TicketStatus } from '#shared/model/ticket'
import type { Decision } from '../composables/decision'
import type { ComposerMode, Later } from '../composables/drafting'
import { t } from '../i18n'
import { useComposerStore } from './composer'
import { useHeldStore } from './held'
import { useNoticesStore } from './notices'
import { useOpenTicketStore } from './openTicket'
import { useSessionStore } from './session'

function hasNoPart(detail: TicketDetail | null, me: string): boolean {
  if (detail === null) return false
  const { assignee, requester } = detail.ticket
  return !detail.isFollowing && assignee !== me && requester?.address !== me
}

/** Changes on their way: until they are in, who gets the next mail is not known. */
function useTicketChanges() {
  const ticket = useOpenTicketStore()
  const notices = useNoticesStore()
  const held = useHeldStore()
  const changing = ref(0)
  const isChanging = computed(() => changing.value > 0)

  async function whileChanging<T>(task: () => Promise<T>): Promise<T> {
    changing.value += 1
    try {
      return await task()
    } finally {
      changing.value -= 1
    }
  }

  function change(action: TicketAction): Promise<boolean> {
    return whileChanging(() => notices.attempt(() => ticket.change(action)))
  }

  /** A held mail: decided and taken back as in the queue of them all. */
  async function decide(entry: ThreadEntry, decision: Decision): Promise<void> {
    const { id } = ticket
    const { messageId, author: person } = entry
    if (id === null || messageId === null) return
    await whileChanging(async () => {
      await held.decide({ kind: 'mail', ticket: { id }, messageId, person }, decision)
      await ticket.refresh()
    })
  }

  return { isChanging, change, decide }
}

/** What an agent does to the open ticket; a refusal becomes a notice that says why. */
export const useTicketWorkStore = defineStore('ticketWork', () => {
  const ticket = useOpenTicketStore()
  const composer = useComposerStore()
  const session = useSessionStore()
  const notices = useNoticesStore()

  const writing = computed(() => (ticket.id === null ? null : composer.writingOf(ticket.id)))
  const mode = computed<ComposerMode>(() => writing.value?.mode ?? 'public')

  const unfinished = computed(() => (ticket.id === null ? [] : composer.unfinished(ticket.id)))

  async function open(id: string): Promise<void> {
    await composer.flush()
    const usual = session.isLight ? 'internal' : session.composerDefault
    await Promise.all([ticket.open(id), notices.attempt(() => composer.open(id, usual))])
  }

  const { isChanging, change, decide } = useTicketChanges()

  async function removeCc({ address, name }: Participant): Promise<void> {
    const id = ticket.id
    if (id === null || !(await change({ do: 'removeCc', address }))) return
    notices.show(t('cc.removed', { name: name === '' ? address : name }), () => {
      if (ticket.id === id) void change({ do: 'addCcs', people: [{ name, address }] })
    })
  }

  function write(text: string, html: string | null = null): void {
    const detail = ticket.detail
    if (detail === null) return
    const { id, revision } = detail.ticket
    const seen = detail.comments.map((entry) => entry.id)
    if (writing.value?.text === '') composer.see(id, revision, seen)
    composer.write(id, text, revision, html)
  }

  function setMode(next: ComposerMode): void {
    if (ticket.id !== null) composer.setMode(ticket.id, session.isLight ? 'internal' : next)
  }

  function setAudience(audience: readonly MailAddress[]): void {
    if (ticket.id !== null) composer.setAudience(ticket.id, audience)
  }

  function setFollow(follow: boolean): void {
    if (ticket.id !== null) composer.setFollow(ticket.id, follow)
  }

  /** Keeps files with the draft; each refusal becomes a notice. Answers those that stand in the text. */
  async function attach(files: readonly File[], isInText: boolean): Promise<StagedFile[]> {
    const id = ticket.id
    const pictures: StagedFile[] = []
    if (id === null) return pictures
    for (const file of files) {
      await notices.attempt(async () => {
        const isPicture = isInText && /^image\/(?:png|jpeg|gif|webp)$/.test(file.type)
        const staged = await composer.attach(id, file, isPicture)
        if (staged.isInline) pictures.push(staged)
      })
    }
    return pictures
  }

  async function detach(fileId: string): Promise<void> {
    const id = ticket.id
    if (id !== null) await notices.attempt(() => composer.detach(id, fileId))
  }

  /** Replying makes a follower of an agent who has no other part in the ticket (participants.md §3). */
  const willFollow = computed(
    () =>
      mode.value !== 'internal' &&
      session.policy?.autoFollowOnReply === true &&
      hasNoPart(ticket.detail, session.agent?.address ?? ''),
  )

  /** True when it is in main's hands. */
  async function send(
    status: TicketStatus | null,
    later: Later | null,
    shownAudience: readonly string[] | null,
  ): Promise<boolean> {
    const id = ticket.id
    if (id === null) return false
    const isGone = await composer.send(id, status, later, shownAudience)
    await ticket.refresh()
    return isGone
  }

  return {
    writing,
    mode,
    unfinished,
    isChanging,
    open,
    change,
    decide,
    removeCc,
    write,
    setMode,
    setAudience,
    setFollow,
    attach,
    detach,
    willFollow,
    send,
    flush: composer.flush,
  }
})
