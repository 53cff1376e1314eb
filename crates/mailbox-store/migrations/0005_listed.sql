-- Received letters of a service in the order in which Altinn lists them, so that a round looks at what it lists alone.
CREATE INDEX message_listed ON message (account, resource, coalesce(requested_publish_at, at)) WHERE role = 'received';
-- Letters of ours that Altinn has and has not published.
CREATE INDEX message_unpublished ON message (account, resource)
  WHERE role = 'sent' AND published_at IS NULL AND failed_at IS NULL AND gone_at IS NULL;
-- Never written: what a listing has reached stands in the cursor of its scope.
DROP TABLE sync_window;
