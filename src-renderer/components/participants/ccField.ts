import type { MailAddress } from '#shared/model/address'
import type { Participant } from '#shared/model/participant'
import type { Policy } from '#shared/model/policy'
import type { Names } from '../words'

/** What the CC field needs, in the sidebar and in the composer alike. */
export interface CcField {
  ccs: readonly Participant[]
  limit: number
  requester: MailAddress | null
  support: readonly string[]
  undeliverable: readonly string[]
  names: Names
  /** Addresses of colleagues, for the question whether they should rather follow. */
  colleagues: ReadonlySet<string>
  agentCc: Policy['agentCc']
  suggest: (query: string) => Promise<readonly MailAddress[]>
  canChange: boolean
}
