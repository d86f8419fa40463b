import { defineStore } from 'pinia'
import { api } from '../api'

/** The mail behind a comment: its frame, its links, its files. Bytes never come here. */
export const useMailStore = defineStore('mail', () => ({
  frameHeight: (mailId: string) => api.mail.frameHeight({ mailId }),
  openLink: (url: string) => api.mail.openLink({ url }),
  openAttachment: (id: string) => api.attachments.open({ id }),
  saveAttachment: (id: string) => api.attachments.save({ id }),
}))
