// The machine tells the app that it may have missed something, and the app tells the desktop how
// many tickets wait.

import { app as electron, net, powerMonitor } from 'electron'
import type { App } from '../host'
import { isChangeOf } from './isChangeOf'

const onlineCheckMs = 5_000
const badgeDelayMs = 500

/** Returns its own end. */
export function watchMachine(app: Pick<App, 'wake'>): () => void {
  const wake = (): void => app.wake()
  powerMonitor.on('resume', wake)
  powerMonitor.on('unlock-screen', wake)
  // Main has no event for it.
  let wasOnline = net.isOnline()
  const timer = setInterval(() => {
    const isOnline = net.isOnline()
    if (isOnline && !wasOnline) wake()
    wasOnline = isOnline
  }, onlineCheckMs)
  return () => {
    clearInterval(timer)
    powerMonitor.off('resume', wake)
    powerMonitor.off('unlock-screen', wake)
  }
}

/** Keeps the badge at the number of open tickets that nobody has taken. */
export function showBadge(app: Pick<App, 'serve' | 'onEvent'>): () => void {
  let pending: NodeJS.Timeout | null = null
  const refresh = async (): Promise<void> => {
    pending = null
    const answer = await app.serve('tickets.counts', undefined)
    if (answer.ok) electron.setBadgeCount(unassignedIn(answer.value))
  }
  const later = (): void => {
    pending ??= setTimeout(() => void refresh(), badgeDelayMs)
  }
  later()
  const stop = app.onEvent((event) => {
    if (isChangeOf(event, 'ticket', 'policy', 'session')) later()
  })
  return () => {
    stop()
    if (pending) clearTimeout(pending)
  }
}

function unassignedIn(counts: unknown): number {
  if (typeof counts !== 'object' || counts === null || !('unassigned' in counts)) return 0
  return typeof counts.unassigned === 'number' ? counts.unassigned : 0
}
