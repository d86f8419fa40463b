import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase, type Database } from '#main/db/open'
import { createPace } from '#main/inbox/pace'
import { temporaryProfile } from '#support/startDesk'

let profile: string
let db: Database

beforeEach(async () => {
  profile = await temporaryProfile()
  db = await openDatabase(profile)
})

afterEach(async () => {
  await db.close()
  await rm(profile, { recursive: true, force: true })
})

const change = (origin: 'local' | 'mail'): Promise<void> =>
  db.write(
    'test',
    (tx) => {
      tx.changed('draft', 'one')
      return Promise.resolve()
    },
    { origin },
  )

it('stores mail in large writes until somebody works here', async () => {
  const pace = createPace(db)
  await change('mail')
  expect(pace.size()).toBe(400)
  await change('local')
  expect(pace.size()).toBe(75)
  pace.stop()
})

it('finds out how many mails fit in the time that somebody may wait', async () => {
  const pace = createPace(db)
  await change('local')
  for (let write = 0; write < 20; write += 1) pace.took(pace.size(), pace.size() / 4)
  expect(pace.size()).toBeGreaterThan(300)
  for (let write = 0; write < 20; write += 1) pace.took(pace.size(), pace.size() * 10)
  expect(pace.size()).toBe(75)
  pace.stop()
})
