// Every text of the window, by the part of the window that shows it; the other languages have the same keys.
// `{name}` is filled in; `one | many` is chosen by the value given as `n`. Because of that grammar a literal
// @ { } | is written {'@'} {'{'} {'}'} {'|'}.
export const en = {
  common: {
    cancel: 'Cancel',
    close: 'Close',
    dismiss: 'Dismiss',
    nobody: 'Nobody',
    none: 'None',
    remove: 'Remove',
    retry: 'Try again',
    save: 'Save',
    undo: 'Undo',
    and: '{first} and {last}',
    andMore: '{first} and {n} more',
    now: 'now',
    minutes: '{n} min',
    hours: '{n} h',
    days: '{n} d',
    ccs: '{n} CC | {n} CCs',
    followers: '{n} follower | {n} followers',
  },
  status: {
    new: 'New',
    open: 'Open',
    pending: 'Pending',
    solved: 'Solved',
    closed: 'Closed',
  },
  view: {
    open: 'All open',
    mine: 'Mine',
    unassigned: 'Unassigned',
    following: 'Following',
    ccd: 'CC’d to me',
    held: 'Held',
    solved: 'Solved',
    all: 'All tickets',
    outbox: 'Outbox',
  },
  nav: {
    label: 'Views',
    newTicket: 'New ticket',
    attention: 'need attention',
  },
  role: {
    requester: 'Requester',
    cc: 'CC',
    follower: 'Follower',
    assignee: 'Assignee',
    agent: 'Agent',
    outsider: 'Outsider',
    system: 'System',
  },
  visibility: {
    public: 'Public',
    publicMeaning: 'The requester and the CCs can see this.',
    note: 'Internal note',
    noteMeaning: 'Only colleagues can see this.',
    private: 'Private reply',
    privateMeaning: 'Only the people it was addressed to and colleagues can see this.',
    held: 'Held',
    heldMeaning: 'Only colleagues see this until one of them accepts it.',
    system: 'System',
    systemMeaning: 'Only colleagues can see this.',
  },
  delivery: {
    queued: 'Waiting',
    sending: 'Sending',
    sent: 'Sent',
    partly: 'Partly sent',
    failed: 'Failed',
    uncertain: 'Uncertain',
    cancelled: 'Cancelled',
  },
}

/** What a language has to say: the keys of the English texts. */
export type Messages = Shape<typeof en>
type Shape<T> = { readonly [K in keyof T]: T[K] extends string ? string : Shape<T[K]> }
