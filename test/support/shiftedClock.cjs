// Loaded before a program (`node --require`): its clock is wrong by CLOCK_SHIFT_MS.
const { env } = require('node:process')

const shift = Number(env.CLOCK_SHIFT_MS ?? 0)
const RealDate = Date

class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shift)
    else super(...parts)
  }

  static now() {
    return RealDate.now() + shift
  }
}

if (shift !== 0) globalThis.Date = ShiftedDate
