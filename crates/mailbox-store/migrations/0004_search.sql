-- What searching needs besides the words of letters: the words of their files, and where the newest letters lie.

CREATE TABLE attachment_text (
  attachment INTEGER NOT NULL PRIMARY KEY REFERENCES attachment (key) ON DELETE CASCADE,
  text TEXT,
  reason TEXT,
  is_cut INTEGER NOT NULL DEFAULT 0,
  looked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_text_missing ON attachment_text (reason) WHERE reason IS NOT NULL;

CREATE TABLE message_zone (
  zone INTEGER NOT NULL PRIMARY KEY,
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
INSERT INTO message_zone (zone, newest_at) SELECT key >> 8, max(at) FROM message GROUP BY 1;
