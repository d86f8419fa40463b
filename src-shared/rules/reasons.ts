// One plain sentence for every code a rule gives. `{x}` is filled from the detail; a part in square
// brackets is left out when its detail is missing, so that every sentence stands without any.

/** Why a comment is public, private or held (participants.md §4.3). */
const comments = {
  'own-mail': 'This is our own mail, which came back.',
  bounce: 'The mail server reports that a mail could not be delivered[ to {who}].',
  automatic: 'Private: an automatic mail, which changes nothing and is not answered.',
  'not-authenticated': 'Held: it is not certain that {who|the sender} really wrote this.',
  'suspected-loop': 'Held: so many servers passed it on that it seems to go round in circles.',
  'too-many-mails': 'Held: {who|the sender} has sent more than 20 mails within an hour.',
  'not-a-participant': 'Held: {who|the sender} is not on this ticket.',
  'answers-private': 'Private: it answers or quotes a private comment.',
  'requester-left-out': 'Private: the requester was not among the recipients.',
  requester: 'The requester wrote this.',
  'cc-reply-all': 'Public: a CC answered and the requester was among the recipients.',
  'cc-to-support':
    'Public: a CC wrote to the support address alone, which the policy makes public.',
  role: 'The role of {who|the author} does not allow this.',
  'private-ticket': 'Private: the ticket has no public comment yet.',
  'answers-public': 'Public: a colleague answered a public comment by mail.',
  'answers-unknown': 'Private: a colleague wrote, and what it answers is unknown.',
  'sent-elsewhere': 'A colleague sent this from the support address with another mail program.',
  'agent-chose': '{who|An agent} chose this.',
  accepted: 'An agent accepted this comment.',
  discarded: 'An agent discarded this mail.',
  'sender-blocked': 'Discarded: its sender is blocked on this desk.',
  leave: 'A mail that asks to leave the ticket.',
  rating: 'The requester’s answer to the survey.',
}

/** Marks on a comment beside its reason. */
const flags = {
  'left-out': 'Left out of this mail[: {who}].',
  'requester-not-included': 'The requester was not included.',
  'reply-to-differs': 'The mail asks for answers to another domain than its author’s[: {who}].',
  'desk-not-named':
    'The desk is not among the recipients: it may have got a blind copy, and whoever gets your answer sees that.',
  'sender-not-verified': 'The mail server gave no verdict on who sent this.',
  'sender-failed': 'The mail server says that the sender is not who it claims to be.',
  'quotes-private': 'It quotes a private comment.',
  'name-has-address': 'The sender’s name looks like a mail address, which may mislead.',
  'name-like-agent': 'The sender’s name is that of a colleague, the address is not.',
  'has-problem': 'The mail could not be read completely.',
  'domain-lookalike': 'The sender’s domain looks like one that is known here, and is another.',
  'mixed-script': 'The sender’s domain mixes letters of several scripts, which may mislead.',
  'encrypted-pgp': 'The mail is encrypted (PGP): open it in a mail program that has the key.',
  'encrypted-smime': 'The mail is encrypted (S/MIME): open it in a mail program that has the key.',
  'signed-pgp': 'The mail is signed (PGP). The signature is not checked here.',
  'signed-smime': 'The mail is signed (S/MIME). The signature is not checked here.',
  'has-tnef': 'Outlook packed files into winmail.dat: ask for them as ordinary attachments.',
  'text-cut': 'Only the first 2 MB of its text are here: the mailbox has all of it.',
  'parts-differ':
    'Its plain text says something else than the formatted mail, and search and notifications go by the plain text. “Show as plain text” below it shows what it says.',
  'has-invitation': 'The mail holds an invitation.',
  'is-fragment': 'This is one piece of a mail that was sent in several: the others are not joined.',
  'has-external-part': 'A part of the mail lies elsewhere and is not fetched.',
  'leave-not-verified':
    'The mail asks to leave the ticket, but nobody vouches for its sender: remove the person if you believe it.',
  'leave-refused': 'The mail asks to leave the ticket, which its sender cannot do this way.',
  'cc-added': 'This mail added CCs.',
  'cc-suggested': 'This mail names people who could be added.',
  'cc-not-added': 'This mail names people who were not added.',
  'cc-unreadable': 'An address in this mail cannot be read: nobody is written to there.',
  'cc-removed': 'This mail removed CCs.',
  'internal-cc': 'This mail made a colleague a CC, so customers see the address.',
  'rating-good': 'Rated good.',
  'rating-bad': 'Rated bad.',
  'delivery-cancelled': 'The delivery of this reply was cancelled.',
}

/** What makes a mail trustworthy or automatic (participants.md §4.2, §4.3 row 3). */
const origins = {
  'dmarc-pass': 'The mail server confirmed the sender’s domain (DMARC).',
  'dmarc-fail': 'The mail server found that the domain’s owner disowns this mail (DMARC).',
  'dkim-aligned': 'The mail is signed by the sender’s domain (DKIM).',
  'spf-aligned': 'The mail came from a server of the sender’s domain (SPF).',
  'no-verdict': 'The mail server gave no verdict on the sender.',
  'not-aligned': 'What the mail server confirmed is not the sender’s domain.',
  'from-not-sound': 'The mail does not say clearly who wrote it.',
  'no-author': 'The mail names no author.',
  token: 'The mail carries the secret that only this person received.',
  'auto-submitted': 'The mail says that a program sent it.',
  precedence: 'The mail is marked as bulk, list or junk.',
  'x-loop': 'A program marked the mail against going round in circles.',
  'read-receipt': 'A mail program reports that a mail was opened.',
  complaint: 'A mail provider reports that somebody marked our mail as spam.',
  'mail-daemon': 'The mail comes from an address under which only programs write.',
  'list-id': 'The mail came through a mailing list.',
  'null-return-path': 'The mail wants no answer (empty return path).',
  'x-autoreply': 'The mail says that it is an automatic reply.',
  vacation: 'The mail is a vacation notice.',
}

/** Why somebody is a participant, or is not (participants.md §2, §3, §4.4). */
const participation = {
  'first-mail': 'Named on the first mail of the ticket.',
  'added-by-requester': 'Added by the requester’s mail.',
  'added-by-participant': 'Added by the mail of a participant.',
  'agent-added': 'Added by {who|an agent}.',
  'ticket-created': 'Named when the ticket was created.',
  'suggestion-accepted': 'Named by a mail and accepted by {who|an agent}.',
  'became-requester': 'Became the requester.',
  'auto-follow-cc': 'Made a follower instead of a CC, so that customers do not see the address.',
  'auto-follow-reply': 'Follows because of an answer on this ticket.',
  'auto-follow-mention': 'Follows because of a mention in a comment.',
  'auto-follow-previous-assignee': 'Follows because the ticket was assigned to them before.',
  self: 'By their own choice.',
  'over-limit': 'Not added: the ticket already has the most CCs it may have[ ({limit})].',
  'invalid-address': 'This is not a mail address that can be written to.',
  'support-address': 'This is an address of the desk itself.',
  blocklisted: 'The address or its domain is blocked[: {what}].',
  'already-cc': 'Already a CC.',
  'not-added': 'Not added.',
  'already-listening': 'Already on the ticket as assignee or follower.',
  author: 'The author of the mail.',
  'ccs-off': 'CCs are switched off.',
  'followers-off': 'Followers are switched off.',
  'agent-cc-refused': 'The policy does not allow colleagues as CCs; they can follow instead.',
  'offer-follower': 'A colleague: as CC customers would see the address, as follower they do not.',
  'removed-by-agent': 'An agent removed this person before.',
  'removed-by-mail': 'A participant’s mail left this person out on purpose.',
  dismissed: 'An agent dismissed this suggestion before.',
  left: 'This person left the ticket.',
  'private-mail': 'A mail that is not public adds nobody.',
  'sender-role': 'The role of the sender does not allow to change CCs.',
  'needs-approval': 'A CC named this person; an agent decides.',
  policy: 'The policy does not let this sender add CCs.',
}

/** Why somebody gets no mail (participants.md §5). */
const skips = {
  actor: 'They did it themselves.',
  'internal-note': 'A note stays inside the desk.',
  'not-chosen': 'Not among the chosen people.',
  'not-the-requester': 'The ticket has another requester.',
  'policy-off': 'The policy sends no such mail.',
  'not-verified': 'The sender of the mail is not verified.',
  'not-the-author': 'Such a mail answers its author alone, who is somebody else.',
  'requester-changed': 'No longer the requester.',
  'not-public': 'The comment is not public.',
  'not-relayed': 'The requester gets no copies of customers’ mail.',
  'requester-only': 'Such a mail goes to the requester alone.',
  muted: 'Muted[ by {who}].',
  undeliverable: 'Mail to this address came back as undeliverable.',
  unfollowed: 'No longer follows the ticket.',
  'not-internal-any-more': 'No longer in the directory.',
  'not-internal': 'Not in the directory.',
  'level-public': 'Follows public comments only.',
  'level-mentions': 'Wants mail only when mentioned.',
  'already-on-that-mail': 'Already got it: they were on that mail.',
  'acknowledged-lately': 'Had two acknowledgements within a day: more would only feed a machine.',
  'already-on-customer-mail':
    'Already on the mail to the customer, where customers see the address.',
  'already-on-private-mail': 'Already among the chosen people.',
  'already-mailed': 'Already gets it under another address.',
}

/** Warnings of a plan (participants.md §5). */
const warnings = {
  'no-recipient': 'Nobody would get this reply.',
  'requester-missing': 'The ticket has no requester; only the CCs get this.',
  'requester-undeliverable': 'Mail to the requester comes back; only the CCs get this.',
  'requester-muted': 'The requester is muted; only the CCs get this.',
  'requester-is-author': 'You are the requester; only the CCs get this.',
  'requester-unusable': 'The requester’s address cannot be written to; only the CCs get this.',
}

/** Why a recorded fact changes nothing (architecture.md §12). */
const refusals = {
  'clock-unreadable': 'Its time cannot be read.',
  'no-desk-yet': 'There was no desk yet.',
  'desk-exists': 'The desk existed already.',
  'not-the-creator': 'It does not come from the person it names as creator.',
  'not-admin': 'Only admins may change the desk.',
  'mailbox-taken': 'The address belongs to another mailbox of the desk.',
  'address-taken': 'The address belongs to another person.',
  'last-admin': 'The desk would be left without an admin.',
  'unknown-person': 'There is no such person in the directory.',
  'unknown-mailbox': 'There is no such mailbox.',
  'template-taken': 'Another template has this name.',
  'unknown-template': 'There is no such template.',
  'unknown-kind': 'This version of the program does not know what it means.',
  'actor-unknown': '{who|The person who did it} is not in the directory.',
  'already-created': 'The ticket existed already.',
  'no-change': 'Nothing is different because of it.',
  'not-a-cc': 'That person is no CC.',
  'narrower-wins': 'Somebody had narrowed who may read this, and the author did not know.',
  'not-a-follower': 'That person is no follower.',
  'not-held': 'The comment is not held.',
  'not-decided': 'Nothing had been decided about that comment.',
  'taken-back': 'An agent took this back later.',
  'sender-inside': 'Colleagues and the desk’s own addresses cannot be blocked.',
  'not-blocked': 'That sender is not blocked.',
  'device-unknown': 'It comes from a desktop that has not been announced to the desk.',
  'device-of-another': 'It comes from the desktop of somebody else.',
  'device-revoked': 'It comes from a desktop that was taken off the desk.',
  'device-not-approved': 'It comes from a desktop that no admin has approved yet.',
  'unknown-device': 'There is no such desktop.',
  'not-suggested': 'There is no such suggestion any more.',
  'unknown-mail': 'That mail changed nothing on this ticket.',
  'mail-after-merge': 'Mail came in after the ticket was merged.',
  'merge-into-itself': 'A ticket cannot be merged into itself.',
  'not-merged': 'This ticket is not merged into another.',
  'target-merged':
    'The other ticket has been merged itself: merge into the ticket it is in now, or bring it back first.',
  'alias-target-unknown': 'The person to link with is not on the ticket.',
  'already-participant': 'The address already belongs to somebody on the ticket.',
}

/** Why the status of a ticket changed by itself. */
const automatic = {
  'customer-replied': 'A customer wrote.',
  'agent-replied': 'A colleague answered.',
  mailbox: 'New tickets of this mailbox start in its group.',
}

/** Why somebody may or may not see a ticket (participants.md §2, §6). */
const access = {
  unrestricted: 'The ticket is open to everybody in the directory.',
  admin: 'Admins see every ticket.',
  'group-member': 'A member of the ticket’s group.',
  'is-assignee': 'The ticket is assigned to them.',
  'is-follower': 'They follow the ticket.',
  'is-cc': 'They are CC on the ticket.',
  restricted: 'The ticket’s group is restricted.',
}

/** Why a colleague is told of news on a ticket. */
const attention = {
  'your-ticket': 'It is about a ticket assigned to you.',
  'assigned-to-you': 'The ticket was assigned to you.',
  'new-ticket': 'A new ticket came in.',
}

/** What is wrong with an address, and what a mail would tell. */
const problems = {
  'empty-address': 'There is no address.',
  'no-at-sign': 'An address needs an @.',
  'several-at-signs': 'An address has only one @.',
  'control-character': 'The address has a control character in it.',
  'invisible-character': 'The address has a space or an invisible character in it.',
  'quoted-local-part': 'Addresses with quotation marks are not supported.',
  'address-too-long': 'The address is too long (254 bytes, 64 of them before the @).',
  'bad-local-part': 'The part before the @ is not allowed.',
  'bad-domain': 'The part after the @ is not a domain.',
  'follower-address': 'The mail would show the address of a follower[: {what}].',
  'follower-name': 'The mail would show the name of a follower[: {what}].',
  'private-text': 'The mail would quote private text[: “{what}”].',
}

/** Why the desk does not do what somebody asked for. */
const denials = {
  'time-over': 'This time is over: choose a later one.',
  'not-scheduled': 'This reply is not scheduled any more: it was sent or taken back.',
  'file-empty': 'The file is empty.',
  'files-too-big': 'All files of a mail together may have 25 MB: send a link instead.',
  'too-big': 'The mail is larger than the mail server takes: leave out a file.',
  'file-gone': 'A file of this draft is gone: attach it again, then send.',
  'too-late': 'Too late: the reply has left.',
  'nothing-to-retry': 'This mail needs no other try: it is on its way, sent or cancelled.',
  'nothing-to-cancel':
    'This mail cannot be cancelled any more: a server has it, or it was cancelled before.',
  'nothing-to-mark': 'This mail is not in doubt: there is nothing to mark.',
  'bulk-over': 'This bulk reply is over: there is nothing left to send.',
  'no-such-mail': 'There is no such mail here any more.',
  'no-such-ticket': 'There is no such ticket here: sync, or check the key.',
  'no-such-file': 'This file is not there any more.',
  'mailbox-elsewhere':
    'Mail of this ticket leaves from a mailbox that is not connected on this computer: connect it in the settings.',
  'mailbox-gone': 'This mailbox is not connected here any more.',
  'mailbox-has-journal':
    'The desk’s journal lies in this mailbox: without it this desktop would lose its colleagues.',
  'only-mailbox': 'This is the only mailbox of this desktop: connect another one first.',
  'mail-waits':
    'Mail still waits to leave through this mailbox: send or cancel it in the outbox first.',
  'password-needed': 'Enter the password to connect.',
  'too-many-tags': 'A ticket has at most 50 tags: remove one first.',
  'answered-since':
    'A public reply has gone out since it was accepted: that cannot be taken back any more.',
  'disk-full': 'The disk is full: nothing was changed. Free some space and try again.',
  'profile-read-only': 'The profile folder cannot be written: check its permissions and try again.',
  'profile-in-use':
    'Another Copydesk is using this profile: close it first, or start with another --profile.',
  'profile-busy':
    'Another program is writing to this profile: nothing was changed. Try again in a moment.',
  'database-damaged':
    'The database of this profile is damaged: put a backup of copydesk.db back, or start with another profile.',
  'link-refused': 'Only web and mail links can be opened from here.',
  'author-gone': 'Its author has left the desk.',
  'conflict-settled': 'This conflict has been settled meanwhile.',
}

/** English by code. */
export const reasons = {
  ...comments,
  ...flags,
  ...origins,
  ...participation,
  ...skips,
  ...warnings,
  ...refusals,
  ...automatic,
  ...access,
  ...attention,
  ...problems,
  ...denials,
}
