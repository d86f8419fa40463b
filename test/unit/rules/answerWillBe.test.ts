import { answerWillBe } from '#shared/rules/answerWillBe'
import { expect, it } from 'vitest'
import { aDesk, agentMax, lightLea, outsider } from '../builders'
import { aParticipant } from '../plans'

it.each([
  ['an agent who is told of a public comment', agentMax, true, [], 'public'],
  ['an agent under another address of theirs', 'MAX@private.example', true, [], 'public'],
  ['an agent who follows', agentMax, true, [aParticipant('follower', agentMax)], 'public'],
  ['an agent who is told of a note', agentMax, false, [], 'internal'],
  ['a light agent', lightLea, true, [], 'internal'],
  ['somebody who is out of the directory', outsider, true, [], 'internal'],
  // Row 11 of §4.3: their answer leaves the requester out.
  ['a colleague in Cc', agentMax, true, [aParticipant('cc', 'max@private.example')], 'internal'],
  ['a colleague of one in Cc', agentMax, true, [aParticipant('cc', lightLea)], 'public'],
] as const)('what %s answers is said rightly', (_, to, isPublic, participants, will) => {
  expect(answerWillBe(aDesk(), participants, { isPublic, to })).toBe(will)
})
