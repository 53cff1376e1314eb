-- Letters of one conversation leave in the order in which they were sent, and none leaves after its due date.
ALTER TABLE outbox_item ADD COLUMN thread TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox_item ADD COLUMN due_at INTEGER;
CREATE INDEX outbox_thread ON outbox_item (recipient, thread) WHERE thread <> '' AND state NOT IN ('accepted', 'cancelled');

-- A letter to many, handed over in batches. A call to several takes no key, so each batch has a reference of its own.
CREATE TABLE bulk (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  letter TEXT NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
  is_paused INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  problem_json TEXT,
  queued_at INTEGER NOT NULL
) STRICT;
CREATE INDEX bulk_letter ON bulk (letter);
CREATE TABLE bulk_batch (
  reference TEXT NOT NULL PRIMARY KEY,
  bulk TEXT NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'submitting', 'looking', 'comparing', 'done')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  seen INTEGER
) STRICT;
CREATE INDEX bulk_batch_open ON bulk_batch (bulk, next_at, position) WHERE state <> 'done';
CREATE TABLE bulk_recipient (
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
) STRICT;
CREATE INDEX bulk_recipient_of ON bulk_recipient (batch, line);
CREATE INDEX bulk_recipient_unkept ON bulk_recipient (bulk, line) WHERE is_kept = 0 AND correspondence IS NOT NULL;
