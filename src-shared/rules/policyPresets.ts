import type { Policy, PolicyPreset } from '../model/policy'

/** What each preset says (participants.md §6). A preset sets exactly these keys and leaves the rest as they are. */
export const policyPresets: Record<PolicyPreset, Partial<Policy>> = {
  default: {
    ccLimit: 20,
    agentCc: 'offer-follower',
    autoFollowCcdAgent: false,
    autoFollowOnReply: true,
    whoMayAddCcs: 'participants',
    ccRemovalByMail: 'edited-reply-all',
    supportOnlyCcReply: 'private',
    statusMailToCcs: false,
    composerDefault: 'public',
  },
  workestra: {
    ccLimit: 20,
    agentCc: 'offer-follower',
    autoFollowCcdAgent: false,
    autoFollowOnReply: false,
    whoMayAddCcs: 'participants',
    ccRemovalByMail: 'off',
    supportOnlyCcReply: 'public',
    statusMailToCcs: false,
    composerDefault: 'public',
  },
  zendesk: {
    ccLimit: 48,
    agentCc: 'allow',
    autoFollowCcdAgent: true,
    autoFollowOnReply: true,
    whoMayAddCcs: 'participants',
    ccRemovalByMail: 'edited-reply-all',
    supportOnlyCcReply: 'private',
    statusMailToCcs: true,
    composerDefault: 'public',
  },
}
