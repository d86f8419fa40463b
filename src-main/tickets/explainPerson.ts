import type { PersonExplanation } from '#shared/ipc/contract'
import type { MailFate } from '#shared/model/message'
import { humanKey } from '#shared/rules/linked'
import { fateOf, whyMailed, whyPerson } from '#shared/rules/why'
import { listSkipped } from '../db/skipped'
import type { Reader } from '../db/write'
import { listDeliveries } from './deliveries'
import { getVisibleTicket } from './detail'
import type { Viewer } from './views'

/** Why somebody is on a ticket, and for each comment and status mail why they got it or not. @throws AppError `not-found` */
export async function explainPerson(
  db: Reader,
  viewer: Viewer,
  request: { readonly id: string; readonly address: string },
): Promise<PersonExplanation> {
  const stored = await getVisibleTicket(db, viewer, request.id)
  const deliveries = await listDeliveries(db, stored)
  const commentIds = stored.comments.map(({ id }) => id)
  const otherIds = [...new Set(deliveries.map(({ commentId }) => commentId))].filter(
    (id) => !commentIds.includes(id),
  )
  const skipped = await listSkipped(db, [...commentIds, ...otherIds])
  const key = (address: string): string =>
    humanKey({ desk: viewer.desk, projected: stored }, address)
  const isSame = (one: string, other: string): boolean => key(one) === key(other)
  const fateFor = (id: string): MailFate => {
    const about = {
      comment: stored.comments.find((each) => each.id === id) ?? null,
      mails: deliveries.filter(({ commentId }) => commentId === id),
      skipped: skipped.get(id) ?? [],
    }
    return fateOf(request.address, about, isSame)
  }
  return {
    person: whyPerson(stored, request.address, isSame),
    mails: [...commentIds, ...otherIds].map((sourceId) => {
      const fate = fateFor(sourceId)
      return { sourceId, fate, sentence: whyMailed(fate) }
    }),
  }
}
