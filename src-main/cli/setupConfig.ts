import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '#shared/ipc/errors'
import { accountInput, agentProfile, person } from '#shared/model/account'
import { policy, policyPreset, type Policy } from '#shared/model/policy'
import type { SetupInput } from '../tickets/setup'

const config = z.object({
  account: accountInput.optional(),
  /** Several mailboxes at once; `account` is one more, and the first. */
  accounts: z.array(accountInput).max(100).default([]),
  agent: agentProfile.extend({ role: agentProfile.shape.role.default('admin') }),
  policy: z.union([policyPreset, policy.partial().strict()]).optional(),
  directory: z.array(person).default([]),
  trustedAuthservIds: z.array(z.string()).default([]),
  undoSeconds: z.int().min(0).max(120).optional(),
})

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch {
    throw new AppError('invalid-input', `The file ${file} cannot be read: check the path.`, {
      file,
    })
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw new AppError('invalid-input', `${file} is not JSON: ${reason}.`)
  }
}

/** Reads `setup --config`: one set-up per mailbox, the first brings policy and people. @throws AppError `invalid-input` naming the field */
export function readSetupConfig(file: string): SetupInput[] {
  const parsed = config.safeParse(parse(readText(file), file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const path = issue?.path.map(String).join('.') ?? ''
    const reason = (issue?.message ?? 'is not valid').replace(/\.$/u, '')
    throw new AppError('invalid-input', `The field ${path} of ${file}: ${reason}.`, {
      field: path,
    })
  }
  const { account, accounts, agent, directory, trustedAuthservIds } = parsed.data
  const chosen = parsed.data.policy
  const preset = typeof chosen === 'string' ? chosen : null
  const changes: Partial<Policy> = {
    ...(typeof chosen === 'object' ? (chosen as Partial<Policy>) : {}),
    ...(trustedAuthservIds.length === 0 ? {} : { trustedAuthservIds }),
  }
  const [first, ...others] = account === undefined ? accounts : [account, ...accounts]
  if (first === undefined) {
    throw new AppError('invalid-input', `The field account of ${file} is missing.`, {
      field: 'account',
    })
  }
  return [
    {
      account: first,
      agent,
      preset,
      policy: changes,
      directory,
      undoSeconds: parsed.data.undoSeconds,
    },
    ...others.map((each) => ({ account: each, agent, preset: null, policy: {}, directory: [] })),
  ]
}
