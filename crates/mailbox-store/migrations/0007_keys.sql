-- A letter by numbers: account, service and parties by key, Altinn's ids by their bytes. There are few of the former, and
-- each index named them anew. What is overdue is told from a tally and what is due yet, and the calendar knows of unread
-- letters and of those that await confirmation.

CREATE TABLE account_new (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  organisation_number TEXT NOT NULL,
  environment TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;
INSERT INTO account_new (id, name, organisation_number, environment, added_at)
  SELECT id, name, organisation_number, environment, added_at
  FROM account ORDER BY rowid;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;

CREATE TABLE party_new (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  urn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  place TEXT,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  is_known INTEGER NOT NULL DEFAULT 1,
  checked_at INTEGER
) STRICT;
INSERT INTO party_new (urn, name, place, is_deleted, is_known, checked_at)
  SELECT urn, name, place, is_deleted, is_known, checked_at
  FROM party ORDER BY rowid;
DROP TABLE party;
ALTER TABLE party_new RENAME TO party;
INSERT INTO party (urn)
  SELECT sender FROM message WHERE sender <> '' UNION SELECT recipient FROM message WHERE recipient <> ''
  ON CONFLICT (urn) DO NOTHING;
CREATE INDEX party_unasked ON party (key) WHERE checked_at IS NULL;

CREATE TABLE service_new (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  resource TEXT NOT NULL UNIQUE,
  title_nb TEXT NOT NULL DEFAULT '',
  title_nn TEXT NOT NULL DEFAULT '',
  title_en TEXT NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',
  is_confidential INTEGER NOT NULL DEFAULT 0,
  takes_confidential INTEGER NOT NULL DEFAULT 0,
  minimum_level INTEGER NOT NULL DEFAULT 0,
  checked_at INTEGER
) STRICT;
INSERT INTO service_new (resource, title_nb, title_nn, title_en, owner, is_confidential, takes_confidential, minimum_level, checked_at)
  SELECT resource, title_nb, title_nn, title_en, owner, is_confidential, takes_confidential, minimum_level, checked_at
  FROM service ORDER BY rowid;
DROP TABLE service;
ALTER TABLE service_new RENAME TO service;
INSERT INTO service (resource) SELECT DISTINCT resource FROM message WHERE true ON CONFLICT (resource) DO NOTHING;

CREATE TABLE message_new (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (key) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('received', 'sent')),
  correspondence ANY NOT NULL,
  letter TEXT REFERENCES letter (id),
  service INTEGER NOT NULL REFERENCES service (key),
  level TEXT NOT NULL CHECK (level IN ('probed', 'overview', 'gone')),
  sender INTEGER REFERENCES party (key),
  recipient INTEGER REFERENCES party (key),
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
  checked_at INTEGER,
  first_seen_at INTEGER NOT NULL,
  is_unread INTEGER NOT NULL,
  is_sealed INTEGER NOT NULL,
  is_awaiting INTEGER NOT NULL,
  place TEXT NOT NULL,
  UNIQUE (correspondence, account, role)
) STRICT;
INSERT INTO message_new (
    key, account, role, correspondence, letter, service, level, sender, recipient, message_sender, reference, title,
    summary, snippet, language, at, created_at, requested_publish_at, published_at, due_at, is_confirmation_needed,
    is_confidential, status, status_text, status_at, read_at, confirmed_at, failed_at, gone_at, opened_at,
    confirm_asked_at, purge_asked_at, archived_at, is_marked_unread, attachment_count, reply_links_json, checked_at,
    first_seen_at, is_unread, is_sealed, is_awaiting, place)
  SELECT
    m.key, a.key, m.role, packed_id(m.correspondence), m.letter, v.key, m.level, s.key, r.key, m.message_sender,
    m.reference, m.title, m.summary, m.snippet, m.language, m.at, m.created_at, m.requested_publish_at,
    m.published_at, m.due_at, m.is_confirmation_needed, m.is_confidential, m.status, m.status_text, m.status_at,
    m.read_at, m.confirmed_at, m.failed_at, m.gone_at, m.opened_at, m.confirm_asked_at, m.purge_asked_at,
    m.archived_at, m.is_marked_unread, m.attachment_count, m.reply_links_json, m.checked_at, m.first_seen_at,
    m.is_unread, m.is_sealed, m.is_awaiting, m.place
  FROM message m JOIN account a ON a.id = m.account JOIN service v ON v.resource = m.resource
    LEFT JOIN party s ON s.urn = m.sender LEFT JOIN party r ON r.urn = m.recipient
  ORDER BY m.key;
-- Numbers that were given to letters since deleted are not given again.
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'message') WHERE name = 'message_new';
DROP TABLE message;
ALTER TABLE message_new RENAME TO message;

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

CREATE INDEX message_list ON message (account, place, at DESC, key DESC, is_unread, is_awaiting, due_at, attachment_count, is_confidential, service);
CREATE INDEX message_unread ON message (account, at DESC, key DESC) WHERE is_unread AND place = 'inbox';
CREATE INDEX message_awaiting ON message (account, at, key, place) WHERE is_awaiting;
CREATE INDEX message_confidential ON message (account, at, key, place, role) WHERE is_confidential;
CREATE INDEX message_due ON message (account, is_awaiting, due_at, place, confirmed_at, at) WHERE due_at IS NOT NULL AND role = 'received';
CREATE INDEX message_service ON message (account, service, at DESC, key DESC, place, is_unread);
CREATE INDEX message_sender ON message (account, sender);
CREATE INDEX message_recipient ON message (account, recipient);
CREATE INDEX message_listed ON message (account, service, coalesce(requested_publish_at, at) DESC) WHERE role = 'received';
CREATE INDEX message_unpublished ON message (account, service)
  WHERE role = 'sent' AND published_at IS NULL AND failed_at IS NULL AND gone_at IS NULL;
CREATE INDEX message_letter ON message (letter) WHERE letter IS NOT NULL;

DROP TABLE message_tally;
CREATE TABLE message_tally (
  account INTEGER NOT NULL REFERENCES account (key) ON DELETE CASCADE,
  place TEXT NOT NULL,
  service INTEGER NOT NULL REFERENCES service (key),
  total INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  awaiting INTEGER NOT NULL,
  awaiting_due INTEGER NOT NULL,
  confidential INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  PRIMARY KEY (account, place, service)
) WITHOUT ROWID, STRICT;
INSERT INTO message_tally (account, place, service, total, unread, awaiting, awaiting_due, confidential, sealed)
  SELECT account, place, service, count(*), sum(is_unread), sum(is_awaiting), sum(is_awaiting AND due_at IS NOT NULL),
    sum(is_confidential), sum(is_sealed)
  FROM message GROUP BY account, place, service;
DROP TABLE message_hour;
CREATE TABLE message_hour (
  account INTEGER NOT NULL REFERENCES account (key) ON DELETE CASCADE,
  place TEXT NOT NULL,
  hour INTEGER NOT NULL,
  total INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  awaiting INTEGER NOT NULL,
  PRIMARY KEY (account, place, hour)
) WITHOUT ROWID, STRICT;
INSERT INTO message_hour (account, place, hour, total, unread, awaiting)
  SELECT account, place, at / 3600000, count(*), sum(is_unread), sum(is_awaiting) FROM message GROUP BY 1, 2, 3;

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
CREATE TRIGGER message_zoned AFTER INSERT ON message BEGIN
  INSERT INTO message_zone (zone, newest_at) VALUES (new.key >> 8, new.at)
    ON CONFLICT (zone) DO UPDATE SET newest_at = excluded.newest_at WHERE excluded.newest_at > newest_at;
END;
CREATE TRIGGER message_rezoned AFTER UPDATE OF at ON message WHEN new.at > old.at BEGIN
  INSERT INTO message_zone (zone, newest_at) VALUES (new.key >> 8, new.at)
    ON CONFLICT (zone) DO UPDATE SET newest_at = excluded.newest_at WHERE excluded.newest_at > newest_at;
END;

CREATE TABLE attachment_new (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  id ANY NOT NULL,
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
INSERT INTO attachment_new (
    key, message, id, position, name, media_type, checksum, is_encrypted, status, expires_at, size, sha256, blob,
    fetch)
  SELECT
    key, message, packed_id(id), position, name, media_type, checksum, is_encrypted, status, expires_at, size,
    sha256, blob, fetch
  FROM attachment ORDER BY key;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'attachment') WHERE name = 'attachment_new';
DROP TABLE attachment;
ALTER TABLE attachment_new RENAME TO attachment;
CREATE INDEX attachment_blob ON attachment (blob) WHERE blob IS NOT NULL;
CREATE INDEX attachment_wanted ON attachment (fetch) WHERE fetch IN ('wanted', 'running');

-- A letter that is sent is written to as few pages as can be: the disk confirms them one and all.
CREATE TABLE letter_new (
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
) WITHOUT ROWID, STRICT;
INSERT INTO letter_new (
    id, account, draft, resource, title, summary, body, text_json, request_json, sha256, publish_at, created_at)
  SELECT
    id, account, draft, resource, title, summary, body, text_json, request_json, sha256, publish_at, created_at
  FROM letter;
DROP TABLE letter;
ALTER TABLE letter_new RENAME TO letter;
CREATE INDEX letter_draft ON letter (draft);
CREATE TRIGGER letter_is_frozen BEFORE UPDATE ON letter BEGIN SELECT raise(ABORT, 'a letter is frozen'); END;
CREATE TABLE outbox_item_new (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  letter TEXT NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  recipient_name TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'uploading', 'scanning', 'submitting', 'waiting', 'paused', 'stuck', 'accepted', 'cancelled')),
  resume TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  reason_json TEXT,
  correspondence TEXT,
  queued_at INTEGER NOT NULL,
  publish_at INTEGER,
  changed_at INTEGER NOT NULL,
  thread TEXT NOT NULL DEFAULT '',
  due_at INTEGER
) STRICT;
INSERT INTO outbox_item_new (
    id, account, letter, position, recipient, recipient_name, state, resume, attempts, next_at, reason_json,
    correspondence, queued_at, publish_at, changed_at, thread, due_at)
  SELECT
    idempotent_key, account, letter, position, recipient, recipient_name, state, resume, attempts, next_at,
    reason_json, correspondence, queued_at, publish_at, changed_at, thread, due_at
  FROM outbox_item ORDER BY rowid;
DROP TABLE outbox_item;
ALTER TABLE outbox_item_new RENAME TO outbox_item;
CREATE INDEX outbox_of ON outbox_item (letter, position);
CREATE INDEX outbox_due ON outbox_item (next_at) WHERE state IN ('queued', 'uploading', 'scanning', 'submitting', 'waiting');
CREATE INDEX outbox_list ON outbox_item (account, queued_at) WHERE state NOT IN ('accepted', 'cancelled');
CREATE INDEX outbox_thread ON outbox_item (recipient, thread) WHERE thread <> '' AND state NOT IN ('accepted', 'cancelled');
CREATE TABLE bulk_recipient_new (
  bulk TEXT NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  batch TEXT NOT NULL REFERENCES bulk_batch (reference) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'reserved', 'doubled', 'refused')),
  correspondence TEXT,
  problem_json TEXT,
  is_kept INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (bulk, line),
  UNIQUE (bulk, recipient)
) WITHOUT ROWID, STRICT;
INSERT INTO bulk_recipient_new (bulk, line, recipient, batch, state, correspondence, problem_json, is_kept)
  SELECT bulk, line, recipient, batch, state, correspondence, problem_json, is_kept
  FROM bulk_recipient;
DROP TABLE bulk_recipient;
ALTER TABLE bulk_recipient_new RENAME TO bulk_recipient;
CREATE INDEX bulk_recipient_of ON bulk_recipient (batch, line);
CREATE INDEX bulk_recipient_unkept ON bulk_recipient (bulk, line) WHERE is_kept = 0 AND correspondence IS NOT NULL;
