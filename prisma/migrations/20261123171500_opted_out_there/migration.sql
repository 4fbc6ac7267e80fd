-- What platforms have said of their contacts' phones until now was kept by the number only.
UPDATE "link" l SET state = jsonb_set(l.state, '{seen,optedOutPhones}', (
  SELECT jsonb_agg(shown) FROM jsonb_array_elements_text(l.state->'seen'->'phones') AS shown
  WHERE EXISTS (SELECT FROM opt_out o WHERE o.tenant_id = l.tenant_id AND o.phone = shown AND o.origin IN (c.platform, c.platform || ', paused'))))
FROM "connection" c
WHERE c.id = l.connection_id AND l.kind = 'customer' AND EXISTS (
  SELECT FROM jsonb_array_elements_text(l.state->'seen'->'phones') AS shown
  JOIN opt_out o ON o.tenant_id = l.tenant_id AND o.phone = shown AND o.origin IN (c.platform, c.platform || ', paused'));

-- Whoever has such a phone on a contact is looked at once more.
INSERT INTO "pending" (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
SELECT l.connection_id, r.source_id, r.kind, r.key, r.tenant_id, r.seq, 2, 'shared'
FROM "link" l JOIN "record" r ON r.tenant_id = l.tenant_id AND r.source_id = l.source_id AND r.kind = 'customer' AND r.key = l.key
WHERE l.kind = 'customer' AND EXISTS (
  SELECT FROM link_identifier i JOIN opt_out o ON o.tenant_id = l.tenant_id AND o.phone = i.identifier
  WHERE i.connection_id = l.connection_id AND i.link_id = l.id)
ON CONFLICT DO NOTHING;
