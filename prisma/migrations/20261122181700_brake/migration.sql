-- BY-04: changes up to this number of the journal need no approval (any more). A connection that is live today begins with what there is.
ALTER TABLE "connection" ADD COLUMN "approved_seq" BIGINT NOT NULL DEFAULT 0;
UPDATE "connection" c SET "approved_seq" = t.journal_seq FROM "tenant_counter" t WHERE t.tenant_id = c.tenant_id;
