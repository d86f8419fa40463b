import { defineStore } from 'pinia'
import type { ImageScope } from '#shared/ipc/contract'
import { api } from '../api'
import type { FrameExtras } from '#shared/ipc/contract'

/** The mail behind a comment: its frame, its links, its files. Bytes never come here. */
export const useMailStore = defineStore('mail', () => ({
  frameHeight: (mailId: string, extras: FrameExtras) => api.mail.frameHeight({ mailId, ...extras }),
  showImages: (mailId: string, scope: ImageScope) => api.mail.showImages({ mailId, scope }),
  openLink: (url: string) => api.mail.openLink({ url }),
  openAttachment: (id: string) => api.attachments.open({ id }),
  saveAttachment: (id: string) => api.attachments.save({ id }),
}))
