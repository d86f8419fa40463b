import { z } from 'zod'

/** Words the desk uses again and again; `{{requester.name}}` and the like are filled in where they are inserted. */
export const template = z.object({
  id: z.string().min(1).max(64),
  name: z.string().trim().min(1).max(100),
  text: z.string().trim().min(1).max(50_000),
})
export type Template = z.infer<typeof template>
