import { explain } from '#shared/rules/explain'

export interface Explanation {
  /** Two or three words for a chip. */
  readonly label: string
  /** The whole sentence. */
  readonly text: string
}

/** Where the code itself, read aloud, would not be understood. */
const labels: Readonly<Record<string, string>> = {
  requester: 'From the requester',
  bounce: 'Mail came back',
  automatic: 'Automatic mail',
  'not-authenticated': 'Sender not proven',
  'not-a-participant': 'Not on this ticket',
  'answers-private': 'Answers a private comment',
  'requester-left-out': 'Requester left out',
  'cc-reply-all': 'CC replied to all',
  'cc-to-support': 'CC wrote to support',
  role: 'Role may not write publicly',
  'private-ticket': 'Private ticket',
  'answers-public': 'Answers a public comment',
  'answers-unknown': 'Answers something unknown',
  'sent-elsewhere': 'Sent with another program',
  'left-out': 'People left out',
  'requester-not-included': 'Requester not included',
  'reply-to-differs': 'Answers would go elsewhere',
  'sender-not-verified': 'Sender not verified',
  'sender-failed': 'Sender looks forged',
  'quotes-private': 'Quotes a private comment',
  actor: 'did it themselves',
  'internal-note': 'notes stay inside',
  'already-on-that-mail': 'was on that mail',
  'already-on-customer-mail': 'is on the customer mail',
  'cc-added': 'CCs added',
  'cc-removed': 'CCs removed',
  'cc-suggested': 'CCs suggested',
  'cc-not-added': 'Not all CCs added',
  'internal-cc': 'A colleague became CC',
  'name-has-address': 'Name looks like an address',
  'name-like-agent': 'Name of a colleague',
  'has-problem': 'Not completely readable',
  'over-limit': 'Over the limit',
  'needs-approval': 'Named by a CC',
  policy: 'Not allowed by the policy',
  'offer-follower': 'A colleague',
}

export function explainCode(
  code: string,
  detail: Readonly<Record<string, string>> = {},
): Explanation {
  const words = code.replaceAll('-', ' ')
  const label = labels[code] ?? words.charAt(0).toUpperCase() + words.slice(1)
  return { label, text: explain(code, detail) }
}
