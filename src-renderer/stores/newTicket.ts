import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { NewTicketInput, StagedFile } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
import { api } from '../api'
import { isBlank } from '../composables/drafting'
import { newId } from '../composables/newId'
import { asProblem } from '../composables/problem'
import { useAutosave } from '../composables/useAutosave'
import { useNoticesStore } from './notices'

/** Under this id main keeps the draft and its files. */
const draftId = 'new'
/** A new ticket begins with a public mail. */
const mode = 'public'

export interface NewTicket {
  requesters: readonly MailAddress[]
  ccs: readonly MailAddress[]
  subject: string
  text: string
  html: string | null
  /** Address of the mailbox it is written from; null: the first. */
  mailbox: string | null
  files: readonly StagedFile[]
}

const blank = (): NewTicket => ({
  ...{ requesters: [], ccs: [], subject: '', text: '', html: null, mailbox: null, files: [] },
})

async function stage(file: File, isInText: boolean): Promise<StagedFile> {
  const { name, type } = file
  const isInline = isInText && /^image\/(?:png|jpeg|gif|webp)$/.test(type)
  const bytes = new Uint8Array(await file.arrayBuffer())
  return api.attachments.stage({ draftId, mode, name, type, bytes, isInline })
}

/** The ticket an agent is about to open: one at a time, kept until it is sent or thrown away. */
export const useNewTicketStore = defineStore('newTicket', () => {
  const notices = useNoticesStore()
  const draft = reactive<NewTicket>(blank())
  const isBusy = ref(false)
  const problem = shallowRef('')
  const autosave = useAutosave(save)
  let id = newId()
  let isLoaded = false

  const isEmpty = computed(
    () =>
      draft.requesters.length + draft.ccs.length + draft.files.length === 0 &&
      draft.subject.trim() === '' &&
      isBlank(draft),
  )

  async function save(): Promise<void> {
    const { text, html, subject, mailbox } = draft
    const requester = draft.requesters[0] ?? null
    const ccs = draft.ccs.map((one) => ({ ...one }))
    const head = { requester: requester && { ...requester }, ccs, subject, mailbox }
    const rest = { ticketId: draftId, mode, seenRevision: null } as const
    await notices.attempt(() => api.drafts.save({ ...rest, text, html, head }))
  }

  /** Brings back what was begun earlier, also before a restart. */
  async function load(): Promise<void> {
    if (isLoaded) return
    isLoaded = true
    const [[known], files] = await Promise.all([
      api.drafts.list({ ticketId: draftId }),
      api.attachments.staged({ draftId }),
    ])
    draft.files = files
    if (known === undefined || !isBlank(draft)) return
    const { text, html, head } = known
    Object.assign(draft, { text, html })
    if (head === null) return
    const { requester, ccs, subject, mailbox } = head
    Object.assign(draft, { requesters: requester === null ? [] : [requester] })
    Object.assign(draft, { ccs, subject, mailbox })
  }

  function change(part: Partial<NewTicket>): void {
    Object.assign(draft, part)
    problem.value = ''
    autosave.touch(draftId)
  }

  /** Keeps files with the draft; each refusal becomes a notice. Answers those that stand in the text. */
  async function attach(files: readonly File[], isInText: boolean): Promise<StagedFile[]> {
    const pictures: StagedFile[] = []
    for (const file of files) {
      await notices.attempt(async () => {
        const staged = await stage(file, isInText)
        draft.files = [...draft.files, staged]
        if (staged.isInline) pictures.push(staged)
      })
    }
    return pictures
  }

  async function detach(fileId: string): Promise<void> {
    const isGone = await notices.attempt(() => api.attachments.unstage({ id: fileId }))
    if (isGone) draft.files = draft.files.filter((file) => file.id !== fileId)
  }

  function forget(): void {
    autosave.forget(draftId)
    Object.assign(draft, blank())
    problem.value = ''
    id = newId()
  }

  async function discard(): Promise<void> {
    const { files } = draft
    forget()
    await save()
    for (const file of files) await notices.attempt(() => api.attachments.unstage({ id: file.id }))
  }

  /** Answers the id of the new ticket; null when it was refused, which `problem` says. */
  async function create(): Promise<string | null> {
    const requester = draft.requesters[0]
    if (requester === undefined || isBusy.value) return null
    autosave.forget(draftId)
    isBusy.value = true
    problem.value = ''
    const { text, html, mailbox } = draft
    const input: NewTicketInput = {
      ...{ id, text, html, mailbox, subject: draft.subject.trim() },
      requester: { ...requester },
      ccs: draft.ccs.map((one) => ({ ...one })),
      attachmentIds: draft.files.map((file) => file.id),
    }
    try {
      const { ticketId } = await api.tickets.create(input)
      forget()
      return ticketId
    } catch (error) {
      problem.value = asProblem(error).message
      autosave.touch(draftId)
      return null
    } finally {
      isBusy.value = false
    }
  }

  const { flush } = autosave
  return { draft, isEmpty, isBusy, problem, load, change, attach, detach, discard, create, flush }
})
