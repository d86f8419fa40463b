import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { TicketAction } from '#shared/ipc/contract'
import type { Participant } from '#shared/model/participant'
import type { TicketStatus } from '#shared/model/ticket'
import { useComposerStore } from './composer'
import { useNoticesStore } from './notices'
import { useOpenTicketStore } from './openTicket'
import { useSessionStore } from './session'
import type { ComposerMode } from './writing'

/** What an agent does to the open ticket; a refusal becomes a notice that says why. */
export const useTicketWorkStore = defineStore('ticketWork', () => {
  const ticket = useOpenTicketStore()
  const composer = useComposerStore()
  const session = useSessionStore()
  const notices = useNoticesStore()

  const writing = computed(() => (ticket.id === null ? null : composer.writingOf(ticket.id)))
  const mode = computed<ComposerMode>(() => writing.value?.mode ?? 'public')

  async function open(id: string): Promise<void> {
    await composer.flush()
    const isLight = session.agent?.role === 'light'
    const usual = isLight ? 'internal' : session.composerDefault
    await Promise.all([ticket.open(id), notices.attempt(() => composer.open(id, usual))])
  }

  async function change(action: TicketAction): Promise<boolean> {
    return notices.attempt(() => ticket.change(action))
  }

  async function removeCc({ address, name }: Participant): Promise<void> {
    const id = ticket.id
    if (id === null || !(await change({ do: 'removeCc', address }))) return
    notices.show(`${name === '' ? address : name} is no longer a CC.`, () => {
      if (ticket.id === id) void change({ do: 'addCcs', people: [{ name, address }] })
    })
  }

  function write(text: string): void {
    const detail = ticket.detail
    if (detail === null) return
    const { id, revision } = detail.ticket
    if (writing.value?.text === '') {
      composer.see(
        id,
        revision,
        detail.comments.map((entry) => entry.id),
      )
    }
    composer.write(id, text, revision)
  }

  function setMode(next: ComposerMode): void {
    if (ticket.id !== null) composer.setMode(ticket.id, next)
  }

  async function send(status: TicketStatus | null): Promise<void> {
    const id = ticket.id
    if (id === null) return
    await composer.send(id, status)
    await ticket.refresh()
  }

  return {
    writing,
    mode,
    open,
    change,
    removeCc,
    write,
    setMode,
    send,
    flush: composer.flush,
  }
})
