import { z } from 'zod'

/** Epoch ms that a calendar has (ECMA-262 §21.4.1.1): beyond, a date cannot be written, and a fold must never throw. */
export const moment = z.number().min(0).max(8.64e15)
