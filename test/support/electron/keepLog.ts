// The log of a profile beside the trace of a test that failed: what the app refused or could not do stands there alone.
import { join } from 'node:path'
import { test } from '@playwright/test'

/** Call once in a spec. `profile` is asked when a test has failed. */
export function keepLogOnFailure(profile: () => string): void {
  // eslint-disable-next-line no-empty-pattern -- Playwright reads from the first parameter what a hook needs
  test.afterEach(async ({}, info) => {
    if (info.status === info.expectedStatus) return
    await info.attach('copydesk.log', { path: join(profile(), 'logs', 'copydesk.log') })
  })
}
