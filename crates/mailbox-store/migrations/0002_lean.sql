-- Less of everything: a letter's row is written once, its texts lie compressed in one frame, its history in one tree, and
-- the numbers of folders and the calendar of a list are kept beside it instead of counted.

CREATE TABLE dictionary (
  id INTEGER NOT NULL PRIMARY KEY,
  made_at INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE message_text (
  message INTEGER NOT NULL PRIMARY KEY REFERENCES message (key) ON DELETE CASCADE,
  dictionary INTEGER REFERENCES dictionary (id),
  size INTEGER NOT NULL,
  body_size INTEGER,
  plain_size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
INSERT INTO message_text (message, size, body_size, plain_size, bytes)
  SELECT m.key, octet_length(coalesce(b.body, '') || coalesce(b.plain, '') || m.extra_json), octet_length(b.body),
    coalesce(octet_length(b.plain), 0), packed(coalesce(b.body, '') || coalesce(b.plain, '') || m.extra_json)
  FROM message m LEFT JOIN message_body b ON b.message = m.key WHERE b.message IS NOT NULL OR m.extra_json <> '{}';
DROP TABLE message_body;

CREATE TABLE message_history (
  message INTEGER NOT NULL REFERENCES message (key) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  status TEXT NOT NULL,
  position INTEGER NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  is_local INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message, at, status)
) WITHOUT ROWID, STRICT;
INSERT INTO message_history (message, at, status, position, text, is_local)
  SELECT message, at, status, row_number() OVER (PARTITION BY message ORDER BY key) - 1, text, is_local
  FROM message_status;
DROP TABLE message_status;

-- The row anew: without the window's name for it and what moved into the frame, and with one index by Altinn's id.
CREATE TABLE message_new (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
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
  checked_at INTEGER,
  first_seen_at INTEGER NOT NULL,
  is_unread INTEGER NOT NULL,
  is_sealed INTEGER NOT NULL,
  is_awaiting INTEGER NOT NULL,
  place TEXT NOT NULL,
  UNIQUE (correspondence, account, role)
) STRICT;
INSERT INTO message_new (key, account, role, correspondence, letter, resource, level, sender, recipient, message_sender,
    reference, title, summary, snippet, language, at, created_at, requested_publish_at, published_at, due_at,
    is_confirmation_needed, is_confidential, status, status_text, status_at, read_at, confirmed_at, failed_at, gone_at,
    opened_at, confirm_asked_at, purge_asked_at, archived_at, is_marked_unread, attachment_count, reply_links_json,
    checked_at, first_seen_at, is_unread, is_sealed, is_awaiting, place)
  SELECT key, account, role, correspondence, letter, resource, level, sender, recipient, message_sender,
    reference, title, summary, snippet, language, at, created_at, requested_publish_at, published_at, due_at,
    is_confirmation_needed, is_confidential, status, status_text, status_at, read_at, confirmed_at, failed_at, gone_at,
    opened_at, confirm_asked_at, purge_asked_at, archived_at, is_marked_unread, attachment_count, reply_links_json,
    checked_at, first_seen_at, is_unread, is_sealed, is_awaiting, place
  FROM message ORDER BY key;
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

CREATE INDEX message_list ON message (account, place, at, key, is_unread, is_awaiting, due_at, attachment_count, is_confidential, resource);
CREATE INDEX message_unread ON message (account, at, key) WHERE is_unread AND place = 'inbox';
CREATE INDEX message_awaiting ON message (account, at, key, place) WHERE is_awaiting;
CREATE INDEX message_confidential ON message (account, at, key, place, role) WHERE is_confidential;
CREATE INDEX message_due ON message (account, due_at, place, is_awaiting, confirmed_at) WHERE due_at IS NOT NULL AND role = 'received';
CREATE INDEX message_overdue ON message (account, due_at, place) WHERE is_awaiting AND due_at IS NOT NULL;
CREATE INDEX message_service ON message (account, resource, at, key, place, is_unread);
CREATE INDEX message_sender ON message (account, sender);
CREATE INDEX message_recipient ON message (account, recipient);
CREATE INDEX message_letter ON message (letter) WHERE letter IS NOT NULL;

CREATE TABLE message_tally (
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  resource TEXT NOT NULL,
  total INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  awaiting INTEGER NOT NULL,
  confidential INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  PRIMARY KEY (account, place, resource)
) WITHOUT ROWID, STRICT;
CREATE TABLE message_hour (
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  hour INTEGER NOT NULL,
  total INTEGER NOT NULL,
  PRIMARY KEY (account, place, hour)
) WITHOUT ROWID, STRICT;

CREATE TRIGGER message_counted AFTER INSERT ON message BEGIN
  INSERT INTO message_tally (account, place, resource, total, unread, awaiting, confidential, sealed)
    VALUES (new.account, new.place, new.resource, 1, new.is_unread, new.is_awaiting, new.is_confidential, new.is_sealed)
    ON CONFLICT (account, place, resource) DO UPDATE SET total = total + 1, unread = unread + excluded.unread,
      awaiting = awaiting + excluded.awaiting, confidential = confidential + excluded.confidential,
      sealed = sealed + excluded.sealed;
  INSERT INTO message_hour (account, place, hour, total) VALUES (new.account, new.place, new.at / 3600000, 1)
    ON CONFLICT (account, place, hour) DO UPDATE SET total = total + 1;
END;
CREATE TRIGGER message_uncounted AFTER DELETE ON message BEGIN
  UPDATE message_tally SET total = total - 1, unread = unread - old.is_unread, awaiting = awaiting - old.is_awaiting,
    confidential = confidential - old.is_confidential, sealed = sealed - old.is_sealed
    WHERE account = old.account AND place = old.place AND resource = old.resource;
  UPDATE message_hour SET total = total - 1
    WHERE account = old.account AND place = old.place AND hour = old.at / 3600000;
END;
CREATE TRIGGER message_recounted AFTER UPDATE OF account, place, resource, at, is_unread, is_awaiting, is_confidential,
  is_sealed ON message
  WHEN (old.account, old.place, old.resource, old.at, old.is_unread, old.is_awaiting, old.is_confidential, old.is_sealed)
    <> (new.account, new.place, new.resource, new.at, new.is_unread, new.is_awaiting, new.is_confidential, new.is_sealed)
BEGIN
  UPDATE message_tally SET total = total - 1, unread = unread - old.is_unread, awaiting = awaiting - old.is_awaiting,
    confidential = confidential - old.is_confidential, sealed = sealed - old.is_sealed
    WHERE account = old.account AND place = old.place AND resource = old.resource;
  UPDATE message_hour SET total = total - 1
    WHERE account = old.account AND place = old.place AND hour = old.at / 3600000;
  INSERT INTO message_tally (account, place, resource, total, unread, awaiting, confidential, sealed)
    VALUES (new.account, new.place, new.resource, 1, new.is_unread, new.is_awaiting, new.is_confidential, new.is_sealed)
    ON CONFLICT (account, place, resource) DO UPDATE SET total = total + 1, unread = unread + excluded.unread,
      awaiting = awaiting + excluded.awaiting, confidential = confidential + excluded.confidential,
      sealed = sealed + excluded.sealed;
  INSERT INTO message_hour (account, place, hour, total) VALUES (new.account, new.place, new.at / 3600000, 1)
    ON CONFLICT (account, place, hour) DO UPDATE SET total = total + 1;
END;
INSERT INTO message_tally (account, place, resource, total, unread, awaiting, confidential, sealed)
  SELECT account, place, resource, count(*), sum(is_unread), sum(is_awaiting), sum(is_confidential), sum(is_sealed)
  FROM message GROUP BY account, place, resource;
INSERT INTO message_hour (account, place, hour, total)
  SELECT account, place, at / 3600000, count(*) FROM message GROUP BY account, place, at / 3600000;

-- A leaf of the index fits into a page of an encrypted file (4096 less 80 bytes): larger ones spill over into a second.
INSERT INTO search (search, rank) VALUES ('pgsz', 3900);
-- New entries gather in memory until the commit, up to so many bytes, and are merged in fewer and larger steps.
INSERT INTO search (search, rank) VALUES ('hashsize', 16777216);
