-- The schema after every migration, with each column explained. `tests/schema.rs` holds it true.
--
-- Conventions: STRICT tables, singular names; `*_at` is UTC milliseconds since 1970; `is_*` is 0 or 1; `*_json` is text
-- that the engine writes and reads and the store does not look into; keys are never reused. A "party" is named by its
-- URN as Altinn writes it (Correspondence reference, section 7). Letters name their account, service and parties by
-- `key`: there are many letters to one of these. An "Altinn id" is 16 bytes where it is a UUID, else the text
-- (`src/row.rs`).

-- Whom the user acts as. One row an account of the profile; everything else hangs below it.
CREATE TABLE account (
  key INTEGER PRIMARY KEY AUTOINCREMENT,     -- local
  id TEXT NOT NULL UNIQUE,                   -- stable within the profile
  name TEXT NOT NULL,                        -- of the organisation
  organisation_number TEXT NOT NULL,         -- nine digits
  environment TEXT NOT NULL,                 -- practice, test, production or custom
  added_at INTEGER NOT NULL
) STRICT;

-- Organisations and people that letters name, with what the registers said of them.
CREATE TABLE party (
  key INTEGER PRIMARY KEY AUTOINCREMENT,     -- local
  urn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',             -- empty: none is known
  place TEXT,                                -- postal place of an organisation
  is_deleted INTEGER NOT NULL DEFAULT 0,     -- struck from the register
  is_known INTEGER NOT NULL DEFAULT 1,       -- 0: the register does not have it
  checked_at INTEGER                         -- none: no register was asked
) STRICT;
CREATE INDEX party_unasked ON party (key) WHERE checked_at IS NULL;

-- Services (resources of the Resource Registry).
CREATE TABLE service (
  key INTEGER PRIMARY KEY AUTOINCREMENT,     -- local
  resource TEXT NOT NULL UNIQUE,             -- without URN prefix
  title_nb TEXT NOT NULL DEFAULT '',
  title_nn TEXT NOT NULL DEFAULT '',
  title_en TEXT NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',            -- organisation number of the owner
  is_confidential INTEGER NOT NULL DEFAULT 0,-- its policy demands confidential letters (reference, section 14)
  takes_confidential INTEGER NOT NULL DEFAULT 0, -- its policy lets letters be confidential, by demand or by choice
  minimum_level INTEGER NOT NULL DEFAULT 0,  -- login level the recipient needs
  checked_at INTEGER                         -- none: the registry was not asked
) STRICT;

-- A letter that Altinn has: received by the account, or sent by it.
CREATE TABLE message (
  key INTEGER PRIMARY KEY AUTOINCREMENT,     -- local; also the row of the search index
  account INTEGER NOT NULL REFERENCES account (key) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('received', 'sent')),
  correspondence ANY NOT NULL,               -- Altinn id
  letter TEXT REFERENCES letter (id),        -- the frozen copy, for what was sent from here
  service INTEGER NOT NULL REFERENCES service (key),
  level TEXT NOT NULL CHECK (level IN ('probed', 'overview', 'gone')), -- id known; text here; Altinn answers 404: never ask again
  sender INTEGER REFERENCES party (key),     -- none: unknown
  recipient INTEGER REFERENCES party (key),  -- likewise
  message_sender TEXT NOT NULL DEFAULT '',   -- shown instead of the sender's name; empty for none
  reference TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL DEFAULT '',
  summary TEXT NOT NULL DEFAULT '',
  snippet TEXT NOT NULL DEFAULT '',          -- summary or beginning of the body, plain
  language TEXT NOT NULL DEFAULT 'nb',
  at INTEGER NOT NULL,                       -- time shown and sorted by: published, else the publish time asked for
  created_at INTEGER,
  requested_publish_at INTEGER,
  published_at INTEGER,
  due_at INTEGER,
  is_confirmation_needed INTEGER NOT NULL DEFAULT 0,
  is_confidential INTEGER NOT NULL DEFAULT 0,-- the letter says so, or its service demands it
  status TEXT NOT NULL DEFAULT '',           -- as Altinn reports it: the numerically highest, not the latest
  status_text TEXT NOT NULL DEFAULT '',
  status_at INTEGER,
  read_at INTEGER,                           -- first Read in Altinn's history
  confirmed_at INTEGER,                      -- Confirmed in Altinn's history
  failed_at INTEGER,                         -- Failed in Altinn's history
  gone_at INTEGER,                           -- purged in Altinn's history, or found gone
  opened_at INTEGER,                         -- opened here
  confirm_asked_at INTEGER,                  -- confirmed here, perhaps not yet at Altinn
  purge_asked_at INTEGER,                    -- deleted here, perhaps not yet at Altinn
  archived_at INTEGER,                       -- put away on this machine; Altinn has no such call
  is_marked_unread INTEGER NOT NULL DEFAULT 0, -- set back to unread on this machine
  attachment_count INTEGER NOT NULL DEFAULT 0,
  reply_links_json TEXT NOT NULL DEFAULT '[]',
  checked_at INTEGER,                        -- last asked of Altinn
  first_seen_at INTEGER NOT NULL,
  is_unread INTEGER NOT NULL,                -- this and the next three follow from the above
  is_sealed INTEGER NOT NULL,                -- confidential and opened by nobody
  is_awaiting INTEGER NOT NULL,              -- our confirmation is asked for and not given
  place TEXT NOT NULL,                       -- the one drawer it lies in; scheduled and sent are told apart by `at`
  UNIQUE (correspondence, account, role)     -- what the window calls it is made of these
) STRICT;

-- What follows from the other columns is stored rather than generated: an index on a generated column never answers
-- alone, and counts and lists would read every whole row. A new letter brings it along (`src/place.rs`), so that its row
-- is written once; what changes later is placed here.
CREATE TRIGGER message_moved AFTER UPDATE OF role, level, is_confirmation_needed, is_confidential, read_at, confirmed_at,
  failed_at, gone_at, opened_at, confirm_asked_at, purge_asked_at, archived_at, is_marked_unread ON message BEGIN
  UPDATE message SET
    is_unread = role = 'received' AND gone_at IS NULL AND (is_marked_unread OR (read_at IS NULL AND opened_at IS NULL)),
    is_sealed = role = 'received' AND is_confidential AND opened_at IS NULL AND read_at IS NULL,
    is_awaiting = role = 'received' AND is_confirmation_needed AND confirmed_at IS NULL AND confirm_asked_at IS NULL
      AND gone_at IS NULL AND purge_asked_at IS NULL,
    place = CASE
      WHEN gone_at IS NOT NULL OR purge_asked_at IS NOT NULL OR level = 'gone' THEN 'gone'
      WHEN role = 'sent' AND failed_at IS NOT NULL THEN 'failed'
      WHEN role = 'sent' THEN 'sent'
      WHEN level = 'probed' AND NOT is_confidential THEN 'pending'
      WHEN archived_at IS NOT NULL THEN 'archive'
      ELSE 'inbox'
    END
  WHERE key = new.key;
END;

-- The list: a drawer in order of time, with all that a filter asks, so that counting and paging never touch the table. The
-- newest first, as a first sync brings them: pages are then filled and not left half empty.
CREATE INDEX message_list ON message (account, place, at DESC, key DESC, is_unread, is_awaiting, due_at, attachment_count, is_confidential, service);
CREATE INDEX message_unread ON message (account, at DESC, key DESC) WHERE is_unread AND place = 'inbox';
CREATE INDEX message_awaiting ON message (account, at, key, place) WHERE is_awaiting;
CREATE INDEX message_confidential ON message (account, at, key, place, role) WHERE is_confidential;
CREATE INDEX message_due ON message (account, is_awaiting, due_at, place, confirmed_at, at) WHERE due_at IS NOT NULL AND role = 'received';
CREATE INDEX message_service ON message (account, service, at DESC, key DESC, place, is_unread);
CREATE INDEX message_sender ON message (account, sender);
CREATE INDEX message_recipient ON message (account, recipient);
-- Received letters of a service in the order in which Altinn lists them, and ours that are not published yet.
CREATE INDEX message_listed ON message (account, service, coalesce(requested_publish_at, at) DESC) WHERE role = 'received';
CREATE INDEX message_unpublished ON message (account, service)
  WHERE role = 'sent' AND published_at IS NULL AND failed_at IS NULL AND gone_at IS NULL;
CREATE INDEX message_letter ON message (letter) WHERE letter IS NOT NULL;

-- How many letters lie where, kept by the triggers below with every change, so that folders are never counted.
CREATE TABLE message_tally (
  account INTEGER NOT NULL REFERENCES account (key) ON DELETE CASCADE,
  place TEXT NOT NULL,
  service INTEGER NOT NULL REFERENCES service (key),
  total INTEGER NOT NULL,                    -- may be 0
  unread INTEGER NOT NULL,
  awaiting INTEGER NOT NULL,
  awaiting_due INTEGER NOT NULL,             -- of these, with a due date
  confidential INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  PRIMARY KEY (account, place, service)
) WITHOUT ROWID, STRICT;
-- How many of a place lie in which hour: the calendar of a list, for its headings and to reach a page far down.
CREATE TABLE message_hour (
  account INTEGER NOT NULL REFERENCES account (key) ON DELETE CASCADE,
  place TEXT NOT NULL,
  hour INTEGER NOT NULL,                     -- `at` in whole hours since 1970
  total INTEGER NOT NULL,                    -- may be 0
  unread INTEGER NOT NULL,
  awaiting INTEGER NOT NULL,
  PRIMARY KEY (account, place, hour)
) WITHOUT ROWID, STRICT;

CREATE TRIGGER message_counted AFTER INSERT ON message BEGIN
  INSERT INTO message_tally (account, place, service, total, unread, awaiting, awaiting_due, confidential, sealed)
    VALUES (new.account, new.place, new.service, 1, new.is_unread, new.is_awaiting,
      new.is_awaiting AND new.due_at IS NOT NULL, new.is_confidential, new.is_sealed)
    ON CONFLICT (account, place, service) DO UPDATE SET total = total + 1, unread = unread + excluded.unread,
      awaiting = awaiting + excluded.awaiting, awaiting_due = awaiting_due + excluded.awaiting_due,
      confidential = confidential + excluded.confidential, sealed = sealed + excluded.sealed;
  INSERT INTO message_hour (account, place, hour, total, unread, awaiting)
    VALUES (new.account, new.place, new.at / 3600000, 1, new.is_unread, new.is_awaiting)
    ON CONFLICT (account, place, hour) DO UPDATE SET total = total + 1, unread = unread + excluded.unread,
      awaiting = awaiting + excluded.awaiting;
END;
CREATE TRIGGER message_uncounted AFTER DELETE ON message BEGIN
  UPDATE message_tally SET total = total - 1, unread = unread - old.is_unread, awaiting = awaiting - old.is_awaiting,
    awaiting_due = awaiting_due - (old.is_awaiting AND old.due_at IS NOT NULL),
    confidential = confidential - old.is_confidential, sealed = sealed - old.is_sealed
    WHERE account = old.account AND place = old.place AND service = old.service;
  UPDATE message_hour SET total = total - 1, unread = unread - old.is_unread, awaiting = awaiting - old.is_awaiting
    WHERE account = old.account AND place = old.place AND hour = old.at / 3600000;
END;
CREATE TRIGGER message_recounted AFTER UPDATE OF account, place, service, at, due_at, is_unread, is_awaiting,
  is_confidential, is_sealed ON message
  WHEN (old.account, old.place, old.service, old.at, old.due_at, old.is_unread, old.is_awaiting, old.is_confidential,
      old.is_sealed)
    IS NOT (new.account, new.place, new.service, new.at, new.due_at, new.is_unread, new.is_awaiting, new.is_confidential,
      new.is_sealed)
BEGIN
  UPDATE message_tally SET total = total - 1, unread = unread - old.is_unread, awaiting = awaiting - old.is_awaiting,
    awaiting_due = awaiting_due - (old.is_awaiting AND old.due_at IS NOT NULL),
    confidential = confidential - old.is_confidential, sealed = sealed - old.is_sealed
    WHERE account = old.account AND place = old.place AND service = old.service;
  UPDATE message_hour SET total = total - 1, unread = unread - old.is_unread, awaiting = awaiting - old.is_awaiting
    WHERE account = old.account AND place = old.place AND hour = old.at / 3600000;
  INSERT INTO message_tally (account, place, service, total, unread, awaiting, awaiting_due, confidential, sealed)
    VALUES (new.account, new.place, new.service, 1, new.is_unread, new.is_awaiting,
      new.is_awaiting AND new.due_at IS NOT NULL, new.is_confidential, new.is_sealed)
    ON CONFLICT (account, place, service) DO UPDATE SET total = total + 1, unread = unread + excluded.unread,
      awaiting = awaiting + excluded.awaiting, awaiting_due = awaiting_due + excluded.awaiting_due,
      confidential = confidential + excluded.confidential, sealed = sealed + excluded.sealed;
  INSERT INTO message_hour (account, place, hour, total, unread, awaiting)
    VALUES (new.account, new.place, new.at / 3600000, 1, new.is_unread, new.is_awaiting)
    ON CONFLICT (account, place, hour) DO UPDATE SET total = total + 1, unread = unread + excluded.unread,
      awaiting = awaiting + excluded.awaiting;
END;
-- Where the newest letters lie, for searches: of each 256 keys the time of their newest letter, or later than it.
CREATE TABLE message_zone (
  zone INTEGER NOT NULL PRIMARY KEY,         -- key / 256
  newest_at INTEGER NOT NULL
) STRICT;
CREATE INDEX message_zone_newest ON message_zone (newest_at);
CREATE TRIGGER message_zoned AFTER INSERT ON message BEGIN
  INSERT INTO message_zone (zone, newest_at) VALUES (new.key >> 8, new.at)
    ON CONFLICT (zone) DO UPDATE SET newest_at = excluded.newest_at WHERE excluded.newest_at > newest_at;
END;
CREATE TRIGGER message_rezoned AFTER UPDATE OF at ON message WHEN new.at > old.at BEGIN
  INSERT INTO message_zone (zone, newest_at) VALUES (new.key >> 8, new.at)
    ON CONFLICT (zone) DO UPDATE SET newest_at = excluded.newest_at WHERE excluded.newest_at > newest_at;
END;

-- What texts are compressed with, made from the first letters of this store (`src/text.rs`).
CREATE TABLE dictionary (
  id INTEGER NOT NULL PRIMARY KEY,           -- made from the bytes
  made_at INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- The texts of a letter in one frame of zstd, apart from the row so that lists read narrow pages: the body as Altinn gave
-- it (markdown or HTML, untrusted), the same without markup for snippets and the index, and the rest of the overview
-- (references, property list), JSON, for export.
CREATE TABLE message_text (
  message INTEGER NOT NULL PRIMARY KEY REFERENCES message (key) ON DELETE CASCADE,
  dictionary INTEGER REFERENCES dictionary (id), -- the one needed; none for none
  size INTEGER NOT NULL,                     -- bytes of all three, unpacked
  body_size INTEGER,                         -- bytes of the first; none when no body is here
  plain_size INTEGER NOT NULL,               -- bytes of the second
  bytes BLOB NOT NULL
) STRICT;

-- Every status seen, Altinn's and our own (reference, sections 9.1 and 9.2).
CREATE TABLE message_history (
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  status TEXT NOT NULL,                      -- Altinn's word
  position INTEGER NOT NULL,                 -- order in which they became known, for those of one moment
  text TEXT NOT NULL DEFAULT '',             -- Altinn's sentence where it adds something
  is_local INTEGER NOT NULL DEFAULT 0,       -- known from this machine rather than from Altinn
  PRIMARY KEY (message, at, status)
) WITHOUT ROWID, STRICT;

-- A file of a letter.
CREATE TABLE attachment (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  id ANY NOT NULL,                           -- Altinn id
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL DEFAULT '',
  checksum TEXT NOT NULL DEFAULT '',         -- MD5 as Altinn has it, lower-case hex; empty when it has none
  is_encrypted INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT '',           -- Altinn's word (reference, section 5.8)
  expires_at INTEGER,
  size INTEGER,                              -- bytes; known once the file is here or was sent from here
  sha256 TEXT,                               -- lower-case hex; likewise
  blob INTEGER REFERENCES blob (id),         -- the bytes, once here
  fetch TEXT NOT NULL DEFAULT 'none' CHECK (fetch IN ('none', 'wanted', 'running', 'failed')),
  UNIQUE (message, id)
) STRICT;
CREATE INDEX attachment_blob ON attachment (blob) WHERE blob IS NOT NULL;
CREATE INDEX attachment_wanted ON attachment (fetch) WHERE fetch IN ('wanted', 'running');

-- Words of files whose bytes are here, as far as they could be had.
CREATE TABLE attachment_text (
  attachment INTEGER NOT NULL PRIMARY KEY REFERENCES attachment (key) ON DELETE CASCADE,
  text TEXT,                                 -- as the file has them; none when there are none
  reason TEXT,                               -- why there are none: no_words for a kind that has none, or the engine's word
  is_cut INTEGER NOT NULL DEFAULT 0,         -- there were more
  looked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_text_missing ON attachment_text (reason) WHERE reason IS NOT NULL;

-- Bytes of files. Written before the row that names them; what no row names is dropped at start.
CREATE TABLE blob (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  size INTEGER NOT NULL DEFAULT 0,           -- bytes stored so far
  sha256 TEXT,                               -- set when complete
  md5 TEXT,                                  -- set when complete
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blob_chunk (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  blob INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,                 -- from 0; every chunk but the last holds 262144 bytes
  bytes BLOB NOT NULL,
  UNIQUE (blob, position)
) STRICT;

-- What the user writes.
CREATE TABLE draft (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,                  -- grows by one with each save
  text_json TEXT NOT NULL,                   -- all fields
  counterpart TEXT NOT NULL DEFAULT '',      -- recipients as a list shows them
  title TEXT NOT NULL DEFAULT '',
  snippet TEXT NOT NULL DEFAULT '',
  refusal_json TEXT,                         -- why it came back from the outbox
  created_at INTEGER NOT NULL,
  saved_at INTEGER NOT NULL,
  discarded_at INTEGER,                      -- thrown away, may be restored for a while
  sent_at INTEGER                            -- became a letter; no longer a draft
) STRICT;
CREATE INDEX draft_list ON draft (account, saved_at) WHERE discarded_at IS NULL AND sent_at IS NULL;

CREATE TABLE draft_file (
  id TEXT NOT NULL PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,                        -- as it will be sent
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT,                               -- once read
  md5 TEXT,                                  -- once read
  blob INTEGER REFERENCES blob (id),         -- the copy; none for a file referred to by path
  path TEXT,                                 -- a file too large to copy, checked again before upload
  modified_at INTEGER,                       -- of that file when it was attached
  state TEXT NOT NULL CHECK (state IN ('reading', 'ready', 'refused')),
  done INTEGER NOT NULL DEFAULT 0,           -- bytes read so far
  problem_json TEXT                          -- why it is refused
) STRICT;
CREATE INDEX draft_file_of ON draft_file (draft, position);
CREATE INDEX draft_file_blob ON draft_file (blob) WHERE blob IS NOT NULL;

-- The frozen copy of what was sent, stored before any call. Altinn blanks the content for the sender once published.
CREATE TABLE letter (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  draft TEXT NOT NULL,                       -- the draft it was made from
  resource TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  text_json TEXT NOT NULL,                   -- all fields, as the draft held them
  request_json TEXT NOT NULL,                -- what is submitted, but for recipient, key and attachments
  sha256 TEXT NOT NULL,                      -- of request_json, lower-case hex
  publish_at INTEGER,                        -- publish time asked for; none for at once
  created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX letter_draft ON letter (draft);
CREATE TRIGGER letter_is_frozen BEFORE UPDATE ON letter BEGIN SELECT raise(ABORT, 'a letter is frozen'); END;

-- A file of a letter on its way; parent of all items of the letter. A failed upload burns its attachment id.
CREATE TABLE upload (
  id TEXT NOT NULL PRIMARY KEY,
  letter TEXT NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,                      -- '' until a file that was not copied has been sent
  md5 TEXT NOT NULL,                         -- as sha256
  blob INTEGER REFERENCES blob (id),
  path TEXT,
  modified_at INTEGER,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'uploading', 'scanning', 'published', 'failed')),
  attachment TEXT,                           -- Altinn's id, stored before the bytes go
  attempts INTEGER NOT NULL DEFAULT 0,       -- counted before they are made
  done INTEGER NOT NULL DEFAULT 0            -- bytes sent
) STRICT;
CREATE INDEX upload_of ON upload (letter, position);
CREATE INDEX upload_blob ON upload (blob) WHERE blob IS NOT NULL;

-- A letter on its way to one recipient.
CREATE TABLE outbox_item (
  id TEXT NOT NULL PRIMARY KEY,              -- a UUID; also the idempotent key, stored before the first submit (reference, section 6.1)
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  letter TEXT NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,                 -- among the recipients of the letter
  recipient TEXT NOT NULL,                   -- URN
  recipient_name TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'uploading', 'scanning', 'submitting', 'waiting', 'paused', 'stuck', 'accepted', 'cancelled')),
  resume TEXT NOT NULL DEFAULT 'queued',     -- where a waiting or paused item goes on
  attempts INTEGER NOT NULL DEFAULT 0,       -- counted before they are made
  next_at INTEGER NOT NULL,                  -- not before
  reason_json TEXT,                          -- why it waits or is stuck
  correspondence TEXT,                       -- Altinn's id, once accepted
  queued_at INTEGER NOT NULL,
  publish_at INTEGER,
  changed_at INTEGER NOT NULL,
  thread TEXT NOT NULL DEFAULT '',           -- the reference that the user gave; with the recipient, a conversation
  due_at INTEGER                             -- it must not leave after this
) STRICT;
CREATE INDEX outbox_of ON outbox_item (letter, position);
CREATE INDEX outbox_due ON outbox_item (next_at) WHERE state IN ('queued', 'uploading', 'scanning', 'submitting', 'waiting');
CREATE INDEX outbox_list ON outbox_item (account, queued_at) WHERE state NOT IN ('accepted', 'cancelled');
CREATE INDEX outbox_thread ON outbox_item (recipient, thread) WHERE thread <> '' AND state NOT IN ('accepted', 'cancelled');

-- A letter to many, handed over in batches. A call to several takes no key, so each batch has a reference of its own.
CREATE TABLE bulk (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  letter TEXT NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
  is_paused INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,       -- for its files, counted before they are made
  next_at INTEGER NOT NULL,                  -- for its files, not before
  problem_json TEXT,                         -- why it stands still: the letter itself is refused
  queued_at INTEGER NOT NULL
) STRICT;
CREATE INDEX bulk_letter ON bulk (letter);

-- One call's worth of recipients.
CREATE TABLE bulk_batch (
  reference TEXT NOT NULL PRIMARY KEY,       -- the sender's reference of this batch alone: Altinn is asked by it
  bulk TEXT NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'submitting', 'looking', 'comparing', 'done')),
  attempts INTEGER NOT NULL DEFAULT 0,       -- counted before they are made
  next_at INTEGER NOT NULL,                  -- not before
  seen INTEGER                               -- letters that the latest look found
) STRICT;
CREATE INDEX bulk_batch_open ON bulk_batch (bulk, next_at, position) WHERE state <> 'done';

-- One line of the list.
CREATE TABLE bulk_recipient (
  bulk TEXT NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,                     -- in the list it came from
  recipient TEXT NOT NULL,                   -- URN
  batch TEXT NOT NULL REFERENCES bulk_batch (reference) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'reserved', 'doubled', 'refused')),
  correspondence TEXT,                       -- Altinn's id, once accepted
  problem_json TEXT,                         -- why it is refused
  is_kept INTEGER NOT NULL DEFAULT 0,        -- our copy is under Sent
  PRIMARY KEY (bulk, line),
  UNIQUE (bulk, recipient)
) WITHOUT ROWID, STRICT;
CREATE INDEX bulk_recipient_of ON bulk_recipient (batch, line);
CREATE INDEX bulk_recipient_unkept ON bulk_recipient (bulk, line) WHERE is_kept = 0 AND correspondence IS NOT NULL;

-- What the user asked of Altinn about a letter, until Altinn has done it.
CREATE TABLE intent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('mark_read', 'confirm', 'purge')),
  attempts INTEGER NOT NULL DEFAULT 0,       -- counted before they are made
  next_at INTEGER NOT NULL,                  -- not before
  reason_json TEXT,                          -- why it waits
  created_at INTEGER NOT NULL,
  UNIQUE (message, kind)
) STRICT;
CREATE INDEX intent_due ON intent (next_at);

-- How far a service has been listed.
CREATE TABLE sync_scope (
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  resource TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('received', 'sent')),
  listed_at INTEGER,                         -- last complete listing
  full_at INTEGER,                           -- last full reconciliation
  cursor_json TEXT,                          -- what the engine needs to go on
  PRIMARY KEY (account, resource, role)
) STRICT;

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value_json TEXT NOT NULL
) STRICT;

-- Full-text index over letters; row ids are `message.key`. Text is folded before it is indexed (`src/fold.rs`): é to e,
-- æ, ø and å kept. Contentless, because the text it was made from lies unfolded in `message` and `message_text`. Bodies
-- come first: the first column alone is not named with every word. A leaf of it is as large as fits into a page of an
-- encrypted file (option `pgsz`, `src/migrate.rs`), and up to 16 MiB gather before they are written (option `hashsize`).
CREATE VIRTUAL TABLE search USING fts5 (
  body, title, sender, recipient, reference, file,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);
-- The first one, two and three letters of every word of a letter, and of those of titles, senders, recipients,
-- references and files once more with a mark (`src/asked.rs`): only that they are there.
CREATE VIRTUAL TABLE beginning USING fts5 (
  word,
  content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 0 tokenchars ':'"
);
-- Letters that a search does not find yet: after a change of the index they are indexed whenever nobody writes.
CREATE TABLE message_unindexed (
  message INTEGER NOT NULL PRIMARY KEY REFERENCES message (key) ON DELETE CASCADE
) STRICT;
