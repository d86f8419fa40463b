import { defineStore } from 'pinia'
import { computed } from 'vue'
import { ownMailbox } from '../composables/ownMailbox'
import { useOpenTicketStore } from './openTicket'
import { useSessionStore } from './session'

/** Who is who around the open ticket: this agent, the colleagues, the people on it and their names. */
export const useTicketPeopleStore = defineStore('ticketPeople', () => {
  const session = useSessionStore()
  const ticket = useOpenTicketStore()

  const me = computed(() => session.agent?.address ?? '')
  /** A light agent reads, writes notes and follows; nothing else. */
  const canChange = computed(() => session.agent?.role !== 'light')
  const colleagues = computed(
    () => new Set(session.people.flatMap((person) => [person.address, ...person.aliases])),
  )
  const names = computed(() => {
    const found = new Map(session.names)
    const detail = ticket.detail
    if (detail === null) return found
    const authors = detail.comments.map((comment) => comment.author)
    const mails = detail.comments.flatMap((comment) => comment.deliveries)
    const addressed = mails.flatMap((mail) => [...mail.to, ...mail.cc])
    for (const person of [...addressed, ...authors, ...detail.participants]) {
      if (person.name !== '') found.set(person.address, person.name)
    }
    // Colleagues write under the mailbox's address; it must not take the name of the last one.
    const named = [...addressed, ...authors].map((person) => person.address)
    for (const address of [...named, ...detail.comments.flatMap((comment) => comment.audience)]) {
      const mailbox = ownMailbox(address, session.accounts)
      if (mailbox !== undefined) found.set(address, mailbox.name || mailbox.address)
    }
    return found
  })
  /** What the CC field needs, in the sidebar and in the composer alike. */
  const ccField = computed(() => ({
    ccs: ticket.detail?.participants.filter((one) => one.role === 'cc') ?? [],
    limit: ticket.detail?.ccLimit ?? 20,
    requester: ticket.detail?.ticket.requester ?? null,
    support: session.supportAddresses,
    undeliverable: ticket.detail?.undeliverable ?? [],
    names: names.value,
    colleagues: colleagues.value,
    agentCc: session.policy?.agentCc ?? 'offer-follower',
    suggest: session.suggestPeople,
    canChange: canChange.value,
  }))

  return { me, canChange, names, ccField }
})
