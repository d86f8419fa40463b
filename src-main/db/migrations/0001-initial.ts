import type { MigrationInterface, QueryRunner } from 'typeorm'

/** `addressCheckSql('address')` of the rules as it was at the first release: a migration never changes afterwards. */
const addressCheck = String.raw`(typeof(address)='text')
 AND (instr(address,char(0))=0)
 AND (length(CAST(address AS BLOB)) BETWEEN 3 AND 254)
 AND (length(CAST(substr(address,1,instr(address,'@')-1) AS BLOB)) BETWEEN 1 AND 64)
 AND (address NOT GLOB '*[][()<>,;:\"A-Z]*')
 AND (address NOT GLOB '*['||char(1,45,31)||char(127,45,159)||char(32,45,32)||char(160,45,160)||char(173,45,173)||char(847,45,847)||char(1564,45,1564)||char(4447,45,4448)||char(5760,45,5760)||char(6068,45,6069)||char(6155,45,6159)||char(8192,45,8207)||char(8232,45,8239)||char(8287,45,8303)||char(10240,45,10240)||char(12288,45,12288)||char(12644,45,12644)||char(65024,45,65039)||char(65279,45,65279)||char(65440,45,65440)||char(65520,45,65535)||char(917504,45,921599)||char(894,45,894)||char(8175,45,8175)||char(8490,45,8490)||']*')
 AND ('.'||substr(address,1,instr(address,'@')-1)||'.' NOT GLOB '*..*')
 AND ('.'||substr(address,instr(address,'@')+1)||'.' NOT GLOB '*..*')
 AND (substr(address,instr(address,'@')+1) NOT GLOB '*[^a-z0-9.-]*')
 AND ('.'||substr(address,instr(address,'@')+1) NOT GLOB '*.-*')
 AND (substr(address,instr(address,'@')+1)||'.' NOT GLOB '*-.*')
 AND (substr(address,instr(address,'@')+1) NOT GLOB '*${'[^.]'.repeat(64)}*')`.replaceAll('\n', '')

const factTables = `
CREATE TABLE message (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  rfcId TEXT NOT NULL,
  digest TEXT NOT NULL,
  ticketId TEXT NOT NULL,
  ownTicketId TEXT NOT NULL,
  parentId TEXT,
  parentRank INTEGER,
  accountId TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('inbox', 'sent', 'local')),
  receivedAt INTEGER NOT NULL,
  fromAddress TEXT NOT NULL,
  subject TEXT NOT NULL,
  fact TEXT NOT NULL,
  size INTEGER NOT NULL,
  freshLength INTEGER NOT NULL,
  hasHtml INTEGER NOT NULL,
  isTruncated INTEGER NOT NULL,
  isSeen INTEGER NOT NULL
);
CREATE INDEX message_rfcId ON message (rfcId);
CREATE INDEX message_ticketId ON message (ticketId, receivedAt);
CREATE INDEX message_ownTicketId ON message (ownTicketId);
CREATE INDEX message_parentId ON message (parentId) WHERE parentId IS NOT NULL;
CREATE INDEX message_fromAddress ON message (fromAddress, receivedAt);
CREATE INDEX message_seq_ticketId ON message (seq, ticketId);
CREATE TABLE message_body (messageId TEXT PRIMARY KEY, text TEXT NOT NULL, html TEXT);
CREATE TABLE message_raw (messageId TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE message_reference (
  rfcId TEXT NOT NULL,
  messageId TEXT NOT NULL,
  rank INTEGER NOT NULL,
  PRIMARY KEY (rfcId, messageId)
) WITHOUT ROWID;
CREATE TABLE message_location (
  accountId TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidValidity TEXT NOT NULL,
  uid INTEGER NOT NULL,
  messageId TEXT NOT NULL,
  PRIMARY KEY (accountId, folder, uidValidity, uid)
) WITHOUT ROWID;
CREATE INDEX message_location_messageId ON message_location (messageId);
CREATE TABLE attachment (
  id TEXT PRIMARY KEY,
  messageId TEXT NOT NULL,
  partId TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  cid TEXT,
  isInline INTEGER NOT NULL,
  encoding TEXT NOT NULL,
  bytes BLOB
);
CREATE INDEX attachment_messageId ON attachment (messageId);
CREATE TABLE journal_event (
  id TEXT PRIMARY KEY,
  hlc TEXT NOT NULL,
  "by" TEXT NOT NULL,
  device TEXT NOT NULL,
  kind TEXT NOT NULL,
  ticketId TEXT,
  body TEXT NOT NULL,
  uid INTEGER,
  problem TEXT,
  text TEXT,
  signature TEXT,
  publicKey TEXT,
  firstAt INTEGER
);
CREATE INDEX journal_event_ticketId ON journal_event (ticketId);
CREATE INDEX journal_event_desk ON journal_event (ticketId, hlc, firstAt) WHERE ticketId IS NULL AND kind <> 'duty.claimed';
CREATE INDEX journal_event_notes ON journal_event (id) WHERE kind = 'note.written';
CREATE TABLE note_number (seq INTEGER PRIMARY KEY AUTOINCREMENT, eventId TEXT NOT NULL UNIQUE);
CREATE INDEX journal_event_unpushed ON journal_event (hlc) WHERE uid IS NULL;
CREATE INDEX journal_event_uid ON journal_event (uid) WHERE uid IS NOT NULL;
CREATE INDEX journal_event_claim ON journal_event (body ->> 'key') WHERE kind = 'duty.claimed';
CREATE TABLE journal_message (
  uid INTEGER PRIMARY KEY
);
CREATE TABLE journal_problem (
  uid INTEGER NOT NULL,
  position INTEGER NOT NULL,
  because TEXT NOT NULL,
  PRIMARY KEY (uid, position)
);
CREATE TABLE outbox_item (
  id TEXT PRIMARY KEY,
  accountId TEXT NOT NULL,
  ticketId TEXT NOT NULL,
  commentId TEXT NOT NULL,
  kind TEXT NOT NULL,
  messageId TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  "to" TEXT NOT NULL,
  cc TEXT NOT NULL,
  envelope TEXT NOT NULL,
  bytes BLOB NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'sending', 'sent', 'partly', 'failed', 'uncertain', 'cancelled')),
  attempts INTEGER NOT NULL,
  nextAt INTEGER,
  lastReply TEXT NOT NULL,
  refused TEXT NOT NULL,
  queuedAt INTEGER NOT NULL,
  refusedNow TEXT NOT NULL DEFAULT '[]',
  doubted TEXT NOT NULL DEFAULT '[]',
  hasReceipt INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  receipted INTEGER NOT NULL DEFAULT 0,
  triedAt INTEGER,
  settledAt INTEGER,
  isFiled INTEGER NOT NULL DEFAULT 0,
  dutyKey TEXT,
  held TEXT,
  isBulk INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE receipt (
  messageId TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidValidity TEXT NOT NULL,
  uid INTEGER NOT NULL,
  PRIMARY KEY (messageId, folder, uidValidity, uid)
) WITHOUT ROWID;
CREATE INDEX outbox_item_due ON outbox_item (nextAt) WHERE state IN ('queued', 'uncertain');
CREATE INDEX outbox_item_unfiled ON outbox_item (accountId) WHERE isFiled = 0;
CREATE INDEX outbox_item_tried ON outbox_item (accountId, triedAt);
CREATE INDEX outbox_item_commentId ON outbox_item (commentId);
CREATE INDEX outbox_item_ticketId ON outbox_item (ticketId);
CREATE TABLE skipped_recipient (
  commentId TEXT NOT NULL,
  address TEXT NOT NULL,
  because TEXT NOT NULL,
  PRIMARY KEY (commentId, address)
) WITHOUT ROWID;
CREATE TABLE folder_cursor (
  accountId TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidValidity TEXT NOT NULL,
  topUid INTEGER NOT NULL,
  floorUid INTEGER NOT NULL,
  syncedAt INTEGER,
  PRIMARY KEY (accountId, folder)
) WITHOUT ROWID;
CREATE TABLE suspect_mail (
  accountId TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidValidity TEXT NOT NULL,
  uid INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  triedAt INTEGER NOT NULL,
  PRIMARY KEY (accountId, folder, uidValidity, uid)
) WITHOUT ROWID;
CREATE TABLE draft (
  ticketId TEXT NOT NULL,
  mode TEXT NOT NULL,
  text TEXT NOT NULL,
  seenRevision INTEGER,
  audience TEXT NOT NULL,
  html TEXT,
  head TEXT,
  savedAt INTEGER NOT NULL,
  PRIMARY KEY (ticketId, mode)
);
CREATE TABLE staged_file (
  id TEXT PRIMARY KEY,
  draftId TEXT NOT NULL,
  mode TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  isInline INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  stagedAt INTEGER NOT NULL
);
CREATE INDEX staged_file_draft ON staged_file (draftId);
CREATE TABLE read_marker (ticketId TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`

const projectionTables = `
CREATE TABLE ticket (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  subject TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('new', 'open', 'pending', 'solved', 'closed')),
  requesterAddress TEXT,
  requesterName TEXT NOT NULL,
  assignee TEXT,
  "group" TEXT,
  tags TEXT NOT NULL,
  mailbox TEXT,
  mergedInto TEXT,
  createdAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  publicRevision INTEGER NOT NULL,
  commentCount INTEGER NOT NULL,
  heldCount INTEGER NOT NULL,
  ccCount INTEGER NOT NULL,
  followerCount INTEGER NOT NULL,
  ccLimit INTEGER NOT NULL CHECK (ccLimit BETWEEN 1 AND 48),
  preview TEXT NOT NULL,
  lastAuthor TEXT NOT NULL,
  rest TEXT NOT NULL
);
CREATE INDEX ticket_key ON ticket (key);
CREATE INDEX ticket_mergedInto ON ticket (mergedInto) WHERE mergedInto IS NOT NULL;
CREATE INDEX ticket_updatedAt ON ticket (updatedAt DESC, id);
CREATE INDEX ticket_status ON ticket (status, updatedAt DESC, id, mergedInto, assignee, "group");
CREATE INDEX ticket_assignee ON ticket (assignee, updatedAt DESC, id, status, mergedInto, "group") WHERE assignee IS NOT NULL;
CREATE INDEX ticket_group ON ticket ("group") WHERE "group" IS NOT NULL;
CREATE INDEX ticket_requester ON ticket (requesterAddress, updatedAt DESC);
CREATE INDEX ticket_tags ON ticket (tags) WHERE tags <> '[]';
CREATE INDEX ticket_held ON ticket (updatedAt DESC, id) WHERE heldCount > 0;
CREATE INDEX ticket_crowded ON ticket (updatedAt DESC) WHERE rest ->> '$.notAdded' <> '[]';
CREATE TABLE stale_ticket (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE participant (
  ticketId TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('requester', 'cc', 'follower')),
  address TEXT NOT NULL CHECK (${addressCheck}),
  name TEXT NOT NULL,
  isInternal INTEGER NOT NULL,
  isMuted INTEGER NOT NULL,
  mutedBy TEXT,
  level TEXT,
  position INTEGER NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (ticketId, role, address)
) WITHOUT ROWID;
CREATE UNIQUE INDEX participant_one_requester ON participant (ticketId) WHERE role = 'requester';
CREATE INDEX participant_address ON participant (address, role);
CREATE INDEX participant_role ON participant (role, address, name);
CREATE TABLE comment (
  ticketId TEXT NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  since INTEGER NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private', 'held')),
  mailId TEXT,
  messageId TEXT,
  data TEXT NOT NULL,
  PRIMARY KEY (ticketId, id)
) WITHOUT ROWID;
CREATE TABLE involvement (
  address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('mentioned', 'wrote', 'addedCc')),
  ticketId TEXT NOT NULL,
  PRIMARY KEY (address, kind, ticketId)
) WITHOUT ROWID;
CREATE INDEX involvement_ticketId ON involvement (ticketId);
CREATE INDEX comment_held ON comment (at DESC) WHERE visibility = 'held';
CREATE TABLE duty (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  ticketId TEXT NOT NULL,
  sourceId TEXT NOT NULL,
  dueAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX duty_ticketId ON duty (ticketId);
CREATE TABLE scheduled_reply (
  eventId TEXT PRIMARY KEY,
  commentId TEXT NOT NULL,
  ticketId TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'held')),
  why TEXT NOT NULL,
  sendAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX scheduled_reply_ticketId ON scheduled_reply (ticketId);
CREATE TABLE support_address (address TEXT PRIMARY KEY) WITHOUT ROWID;
`

/** participants.md §2 once more, for whoever writes to the file with another program. */
const guards = ['INSERT', 'UPDATE'].flatMap((verb) => [
  `CREATE TRIGGER participant_${verb.toLowerCase()}_never BEFORE ${verb} ON participant
   WHEN EXISTS (SELECT 1 FROM support_address
     WHERE address = CASE WHEN instr(NEW.address, '+') BETWEEN 1 AND instr(NEW.address, '@')
       THEN substr(NEW.address, 1, instr(NEW.address, '+') - 1) || substr(NEW.address, instr(NEW.address, '@'))
       ELSE NEW.address END)
   BEGIN SELECT RAISE(ABORT, 'a support address is never a participant'); END`,
  `CREATE TRIGGER participant_${verb.toLowerCase()}_requester_cc BEFORE ${verb} ON participant
   WHEN NEW.role IN ('cc', 'requester') AND EXISTS (SELECT 1 FROM participant
     WHERE ticketId = NEW.ticketId AND address = NEW.address AND role IN ('cc', 'requester') AND role <> NEW.role)
   BEGIN SELECT RAISE(ABORT, 'the requester is never a CC'); END`,
  `CREATE TRIGGER participant_${verb.toLowerCase()}_limit BEFORE ${verb} ON participant
   WHEN NEW.role = 'cc' AND (SELECT count(*) FROM participant
     WHERE ticketId = NEW.ticketId AND role = 'cc' AND address <> NEW.address)
     >= coalesce((SELECT ccLimit FROM ticket WHERE id = NEW.ticketId), 20)
   BEGIN SELECT RAISE(ABORT, 'the CC list is full'); END`,
])

const search = `
CREATE VIRTUAL TABLE message_search USING fts5(
  subject, sender, people, body, prefix='1 2', content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2")
`

export class Initial0000000000001 implements MigrationInterface {
  readonly name = 'Initial0000000000001'

  async up(run: QueryRunner): Promise<void> {
    const tables = `${factTables}${projectionTables}`
      .split(/;\n/)
      .filter((sql) => sql.trim() !== '')
    for (const sql of [...tables, ...guards, search]) await run.query(sql)
  }

  down(): Promise<void> {
    return Promise.reject(new Error('the first schema has nothing before it'))
  }
}
