import { z } from 'zod'
import { newsReason } from './attention'

export const language = z.enum(['en', 'de', 'fr', 'es', 'ja'])
export type Language = z.infer<typeof language>

/** A search an agent keeps as a view of their own. */
export const savedSearch = z.object({
  id: z.string().min(1).max(64),
  name: z.string().trim().min(1).max(60),
  query: z.string().trim().min(1).max(500),
})
export type SavedSearch = z.infer<typeof savedSearch>

/** Whether a pane is folded away, and its width in CSS pixels. */
const pane = z.object({ size: z.number().min(40).max(4000), isOpen: z.boolean() })

/** How this desktop looks and speaks; it never leaves this machine. Every field has a default, so that an older file stays readable. */
export const preferences = z.object({
  language: language.or(z.literal('system')).default('system'),
  theme: z.enum(['system', 'light', 'dark', 'contrast']).default('system'),
  /** Seconds in which a reply can be taken back after Send. */
  undoSeconds: z.int().min(0).max(120).default(10),
  density: z.enum(['comfortable', 'compact']).default('comfortable'),
  panes: z.object({ navigation: pane, list: pane, sidebar: pane }).default({
    navigation: { size: 196, isOpen: true },
    list: { size: 360, isOpen: true },
    sidebar: { size: 272, isOpen: true },
  }),
  savedSearches: z.array(savedSearch).max(50).default([]),
  /** Whether colleagues see which ticket is open here, and theirs are seen. */
  presence: z.boolean().default(true),
  notifications: z
    .object({
      /** For which tickets the system shows a notification. */
      about: z.enum(['mine', 'all', 'none']).default('mine'),
      /** `subject` shows no word of the mail on a screen others may see. */
      shows: z.enum(['subject', 'preview', 'nothing']).default('subject'),
      /** Kinds of news this person does not want to hear of. */
      off: z.array(newsReason).max(10).default([]),
      /** Until further notice nothing is shown. */
      isPaused: z.boolean().default(false),
    })
    .default({ about: 'mine', shows: 'subject', off: [], isPaused: false }),
})
export type Preferences = z.infer<typeof preferences>

/** What may be changed in one call: whole fields. */
export const preferenceChanges = z.object({
  language: preferences.shape.language.unwrap().optional(),
  theme: preferences.shape.theme.unwrap().optional(),
  undoSeconds: preferences.shape.undoSeconds.unwrap().optional(),
  density: preferences.shape.density.unwrap().optional(),
  panes: preferences.shape.panes.unwrap().optional(),
  savedSearches: preferences.shape.savedSearches.unwrap().optional(),
  presence: preferences.shape.presence.unwrap().optional(),
  notifications: preferences.shape.notifications.unwrap().optional(),
})
export type PreferenceChanges = z.infer<typeof preferenceChanges>
