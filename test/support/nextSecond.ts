import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits for the clock's next whole second. A mail server dates what comes in to whole seconds: mail delivered after this
 * is later than everything done before it, and so causes what the ticket owed its people then.
 */
export const nextSecond = (): Promise<void> => delay(1_050 - (Date.now() % 1_000))
