// Node 18.15 has no diagnostics_channel.tracingChannel, and pino (under imapflow) calls it on load.
// Nobody listens to these channels here, so it is enough that the traced function still runs.
const diagnostics = require('node:diagnostics_channel')

const events = ['start', 'end', 'asyncStart', 'asyncEnd', 'error']
const call = (run, _context, self, ...args) => Reflect.apply(run, self, args)

diagnostics.tracingChannel ??= (name) => ({
  ...Object.fromEntries(
    events.map((event) => [event, diagnostics.channel(`tracing:${name}:${event}`)]),
  ),
  hasSubscribers: false,
  subscribe() {},
  unsubscribe: () => true,
  traceSync: call,
  tracePromise: async (...args) => call(...args),
  traceCallback: (run, _position, _context, self, ...args) => Reflect.apply(run, self, args),
})
