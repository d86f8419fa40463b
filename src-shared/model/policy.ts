import { z } from 'zod'

/** Every setting of the desk with its default (participants.md §6). Changed by admins only, as events. */
export const policy = z.object({
  ccsEnabled: z.boolean(),
  followersEnabled: z.boolean(),
  ccLimit: z.int().min(1).max(48),
  /** Addresses and domains that may never be CC or follower; they may still be requester. */
  ccBlocklist: z.array(z.string()),
  agentCc: z.enum(['offer-follower', 'allow', 'refuse']),
  autoFollowCcdAgent: z.boolean(),
  autoFollowOnReply: z.boolean(),
  followPreviousAssignee: z.boolean(),
  whoMayAddCcs: z.enum(['participants', 'requester', 'nobody']),
  approveCcsFromCcs: z.boolean(),
  ccRemovalByMail: z.enum(['edited-reply-all', 'self', 'off']),
  supportOnlyCcReply: z.enum(['private', 'public']),
  statusMailToRequester: z.boolean(),
  statusMailToCcs: z.boolean(),
  acknowledge: z.boolean(),
  relayToCcs: z.boolean(),
  composerDefault: z.enum(['public', 'internal']),
  restrictedGroups: z.array(z.string()),
  csat: z.boolean(),
  /** authserv-ids whose Authentication-Results are believed (RFC 8601 §2.5). */
  trustedAuthservIds: z.array(z.string()),
})
export type Policy = z.infer<typeof policy>

export const policyPreset = z.enum(['default', 'workestra', 'zendesk'])
export type PolicyPreset = z.infer<typeof policyPreset>

export const defaultPolicy: Policy = {
  ccsEnabled: true,
  followersEnabled: true,
  ccLimit: 20,
  ccBlocklist: [],
  agentCc: 'offer-follower',
  autoFollowCcdAgent: false,
  autoFollowOnReply: true,
  followPreviousAssignee: false,
  whoMayAddCcs: 'participants',
  approveCcsFromCcs: false,
  ccRemovalByMail: 'edited-reply-all',
  supportOnlyCcReply: 'private',
  statusMailToRequester: false,
  statusMailToCcs: false,
  acknowledge: false,
  relayToCcs: false,
  composerDefault: 'public',
  restrictedGroups: [],
  csat: false,
  trustedAuthservIds: [],
}
