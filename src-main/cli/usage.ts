export const usage = `copydesk COMMAND [--profile DIR] [--json]

  setup --config FILE            connect mailboxes and found the desk (- reads standard input); again for further ones
  sync [--wait]                  pull mail, send what is due, once; --wait: until no mail is uncertain
  serve                          the same for ever; stops on SIGTERM
  tickets [--view V] [--query Q] [--limit N]
  show KEY                       one ticket with everything that is known of it, and why
  new --requester A --subject S --body B [--cc A]… [--mailbox A]
  reply KEY --body B [--at ISO] [--expect-revision N]
  bulk-reply KEY… --body B
  bulk-replies [list | resume ID | drop ID]         those that were cut short
  note KEY --body B
  private KEY --to A… --body B
  plan KEY (--public | --note | --private --to A…) [--body B]
  cc add|remove|mute|unmute KEY A…
  follow KEY [A] [--level all|public|mentions]      unfollow KEY [A]
  assign KEY [A]      status KEY new|open|pending|solved|closed      group KEY [NAME]
  requester KEY A     merge KEY INTO | KEY --undo
  accept KEY COMMENT [--add-cc | --alias A]         suggestion accept|dismiss KEY A
  held                           everything that waits for a decision
  discard KEY COMMENT     undo KEY COMMENT          block [list | add A|DOMAIN | remove A|DOMAIN]
  outbox [list | retry ID | cancel ID | sent ID]
  policy get | set K=V… | preset NAME
  mailbox list | set A [--name N] [--alias A]… [--signature S] [--group G] [--account A] | remove A
  directory list | add A [--name N] [--role R] [--group G]… [--alias A]… | remove A     (add also changes)
  why KEY A                      why somebody is on a ticket, and which of its mails they got
  export KEY [--format eml|json] [--public-only]    writes a file and prints its path
  hash                           digest of the state that every desktop must agree on

Prints one JSON value. Exit 0: done; 1: refused, with {"error":{"code","message","detail"}}; 2: wrong usage.
`
