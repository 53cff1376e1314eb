-- The index by half its size: bodies first, since the first column alone is not named with every word, and beginnings of
-- words in a table that knows no places instead of once more with them. Contentless tables cannot be copied, so letters
-- are indexed anew, the newest first and whenever nobody writes.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  body, title, sender, recipient, reference, file,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);
INSERT INTO search (search, rank) VALUES ('pgsz', 3900);
INSERT INTO search (search, rank) VALUES ('hashsize', 16777216);
-- A word in a title or a name says more than one in a body.
INSERT INTO search (search, rank) VALUES ('rank', 'bm25(1.0, 5.0, 3.0, 3.0, 5.0, 1.0)');
CREATE VIRTUAL TABLE beginning USING fts5 (
  word,
  content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 0 tokenchars ':'"
);
INSERT INTO beginning (beginning, rank) VALUES ('pgsz', 3900);
INSERT INTO beginning (beginning, rank) VALUES ('hashsize', 4194304);

CREATE TABLE message_unindexed (
  message INTEGER NOT NULL PRIMARY KEY REFERENCES message (key) ON DELETE CASCADE
) STRICT;
INSERT INTO message_unindexed (message) SELECT key FROM message;

-- A first sync brings the newest first: in that order pages of an index are filled, and not left half empty.
DROP INDEX message_list;
CREATE INDEX message_list ON message (account, place, at DESC, key DESC, is_unread, is_awaiting, due_at, attachment_count, is_confidential, resource);
DROP INDEX message_unread;
CREATE INDEX message_unread ON message (account, at DESC, key DESC) WHERE is_unread AND place = 'inbox';
DROP INDEX message_service;
CREATE INDEX message_service ON message (account, resource, at DESC, key DESC, place, is_unread);
DROP INDEX message_listed;
CREATE INDEX message_listed ON message (account, resource, coalesce(requested_publish_at, at) DESC) WHERE role = 'received';
