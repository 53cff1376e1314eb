-- The first schema. Explained column by column in schema.sql.

CREATE TABLE account (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  organisation_number TEXT NOT NULL,
  environment TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE party (
  urn TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  place TEXT,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  is_known INTEGER NOT NULL DEFAULT 1,
  checked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE service (
  resource TEXT NOT NULL PRIMARY KEY,
  title_nb TEXT NOT NULL,
  title_nn TEXT NOT NULL,
  title_en TEXT NOT NULL,
  owner TEXT NOT NULL DEFAULT '',
  is_confidential INTEGER NOT NULL DEFAULT 0,
  takes_confidential INTEGER NOT NULL DEFAULT 0,
  minimum_level INTEGER NOT NULL DEFAULT 0,
  checked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE message (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('received', 'sent')),
  correspondence TEXT NOT NULL,
  letter TEXT REFERENCES letter (id),
  resource TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('probed', 'overview', 'gone')),
  sender TEXT NOT NULL DEFAULT '',
  recipient TEXT NOT NULL DEFAULT '',
  message_sender TEXT NOT NULL DEFAULT '',
  reference TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL DEFAULT '',
  summary TEXT NOT NULL DEFAULT '',
  snippet TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT 'nb',
  at INTEGER NOT NULL,
  created_at INTEGER,
  requested_publish_at INTEGER,
  published_at INTEGER,
  due_at INTEGER,
  is_confirmation_needed INTEGER NOT NULL DEFAULT 0,
  is_confidential INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT '',
  status_text TEXT NOT NULL DEFAULT '',
  status_at INTEGER,
  read_at INTEGER,
  confirmed_at INTEGER,
  failed_at INTEGER,
  gone_at INTEGER,
  opened_at INTEGER,
  confirm_asked_at INTEGER,
  purge_asked_at INTEGER,
  archived_at INTEGER,
  is_marked_unread INTEGER NOT NULL DEFAULT 0,
  attachment_count INTEGER NOT NULL DEFAULT 0,
  reply_links_json TEXT NOT NULL DEFAULT '[]',
  extra_json TEXT NOT NULL DEFAULT '{}',
  checked_at INTEGER,
  first_seen_at INTEGER NOT NULL,
  is_unread INTEGER NOT NULL DEFAULT 0,
  is_sealed INTEGER NOT NULL DEFAULT 0,
  is_awaiting INTEGER NOT NULL DEFAULT 0,
  place TEXT NOT NULL DEFAULT 'pending',
  UNIQUE (account, role, correspondence)
) STRICT;

CREATE TRIGGER message_placed AFTER INSERT ON message BEGIN
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

CREATE INDEX message_by_correspondence ON message (correspondence);

CREATE INDEX message_list ON message (account, place, at, key, is_unread, is_awaiting, due_at, attachment_count, is_confidential, resource);

CREATE INDEX message_unread ON message (account, place, resource) WHERE is_unread;

CREATE INDEX message_awaiting ON message (account, at) WHERE is_awaiting;

CREATE INDEX message_due ON message (account, due_at, place, is_awaiting, confirmed_at) WHERE due_at IS NOT NULL AND role = 'received';

CREATE INDEX message_service ON message (account, resource, place, is_unread, at, key);

CREATE INDEX message_sender ON message (sender);

CREATE INDEX message_recipient ON message (recipient);

CREATE INDEX message_letter ON message (letter) WHERE letter IS NOT NULL;

CREATE TABLE message_body (
  message INTEGER NOT NULL PRIMARY KEY REFERENCES message (key) ON DELETE CASCADE,
  body TEXT NOT NULL,
  plain TEXT NOT NULL
) STRICT;

CREATE TABLE message_status (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  status TEXT NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL,
  is_local INTEGER NOT NULL DEFAULT 0,
  UNIQUE (message, status, at)
) STRICT;

CREATE TABLE attachment (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL DEFAULT '',
  checksum TEXT NOT NULL DEFAULT '',
  is_encrypted INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT '',
  expires_at INTEGER,
  size INTEGER,
  sha256 TEXT,
  blob INTEGER REFERENCES blob (id),
  fetch TEXT NOT NULL DEFAULT 'none' CHECK (fetch IN ('none', 'wanted', 'running', 'failed')),
  UNIQUE (message, id)
) STRICT;

CREATE INDEX attachment_blob ON attachment (blob) WHERE blob IS NOT NULL;

CREATE INDEX attachment_wanted ON attachment (fetch) WHERE fetch IN ('wanted', 'running');

CREATE TABLE blob (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  size INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT,
  md5 TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blob_chunk (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  blob INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (blob, position)
) STRICT;

CREATE TABLE draft (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  text_json TEXT NOT NULL,
  counterpart TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL DEFAULT '',
  snippet TEXT NOT NULL DEFAULT '',
  refusal_json TEXT,
  created_at INTEGER NOT NULL,
  saved_at INTEGER NOT NULL,
  discarded_at INTEGER,
  sent_at INTEGER
) STRICT;

CREATE INDEX draft_list ON draft (account, saved_at) WHERE discarded_at IS NULL AND sent_at IS NULL;

CREATE TABLE draft_file (
  id TEXT NOT NULL PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT,
  md5 TEXT,
  blob INTEGER REFERENCES blob (id),
  path TEXT,
  modified_at INTEGER,
  state TEXT NOT NULL CHECK (state IN ('reading', 'ready', 'refused')),
  done INTEGER NOT NULL DEFAULT 0,
  problem_json TEXT
) STRICT;

CREATE INDEX draft_file_of ON draft_file (draft, position);

CREATE INDEX draft_file_blob ON draft_file (blob) WHERE blob IS NOT NULL;

CREATE TABLE letter (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  draft TEXT NOT NULL,
  resource TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  text_json TEXT NOT NULL,
  request_json TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  publish_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX letter_draft ON letter (draft);

CREATE TRIGGER letter_is_frozen BEFORE UPDATE ON letter BEGIN SELECT raise(ABORT, 'a letter is frozen'); END;

CREATE TABLE upload (
  id TEXT NOT NULL PRIMARY KEY,
  letter TEXT NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  md5 TEXT NOT NULL,
  blob INTEGER REFERENCES blob (id),
  path TEXT,
  modified_at INTEGER,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'uploading', 'scanning', 'published', 'failed')),
  attachment TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX upload_of ON upload (letter, position);

CREATE INDEX upload_blob ON upload (blob) WHERE blob IS NOT NULL;

CREATE TABLE outbox_item (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  letter TEXT NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  recipient_name TEXT NOT NULL DEFAULT '',
  idempotent_key TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'uploading', 'scanning', 'submitting', 'waiting', 'paused', 'stuck', 'accepted', 'cancelled')),
  resume TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  reason_json TEXT,
  correspondence TEXT,
  queued_at INTEGER NOT NULL,
  publish_at INTEGER,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_of ON outbox_item (letter, position);

CREATE INDEX outbox_due ON outbox_item (next_at) WHERE state IN ('queued', 'uploading', 'scanning', 'submitting', 'waiting');

CREATE INDEX outbox_list ON outbox_item (account, queued_at) WHERE state NOT IN ('accepted', 'cancelled');

CREATE TABLE intent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('mark_read', 'confirm', 'purge')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  reason_json TEXT,
  created_at INTEGER NOT NULL,
  UNIQUE (message, kind)
) STRICT;

CREATE INDEX intent_due ON intent (next_at);

CREATE TABLE sync_scope (
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  resource TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('received', 'sent')),
  listed_at INTEGER,
  full_at INTEGER,
  cursor_json TEXT,
  PRIMARY KEY (account, resource, role)
) STRICT;

CREATE TABLE sync_window (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  resource TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('received', 'sent')),
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  listed_at INTEGER NOT NULL,
  UNIQUE (account, resource, role, from_at, to_at)
) STRICT;

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value_json TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
  title, body, sender, recipient, reference, file,
  content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 0"
);
