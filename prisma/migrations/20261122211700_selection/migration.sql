-- CB-01: who of a connection's customers is synchronized. Why a contact was taken for a customer's, and what it showed then.
-- AlterTable
ALTER TABLE "duplicate_decision" ADD COLUMN     "match" JSONB;

-- AlterTable
ALTER TABLE "link" ADD COLUMN     "matched_at" TIMESTAMPTZ(3),
ADD COLUMN     "matched_by" TEXT,
ADD COLUMN     "matched_from" JSONB;

-- CreateTable
CREATE TABLE "selection" (
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "selected" BOOLEAN NOT NULL,
    "by" UUID NOT NULL,
    "by_role" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "selection_pkey" PRIMARY KEY ("connection_id","source_id","key")
);

ALTER TABLE "selection" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "selection" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "selection" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE ON "selection" TO jumpring_tenant;

-- By what a customer of a connection is selected; null: by nothing. A person's word counts, then that the contact was the platform's;
-- the mark in The Edge always does.
CREATE FUNCTION selected_by("of_connection" uuid, "of_tenant" uuid, "of_source" uuid, "of_key" text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN s.selected THEN 'person'
    WHEN (SELECT r.payload LIKE '%"webUpload":true%' FROM record r
      WHERE r.tenant_id = of_tenant AND r.source_id = of_source AND r.kind = 'customer' AND r.key = of_key) THEN 'mark'
    WHEN s.selected IS NULL AND (SELECT l.matched_by FROM link l
      WHERE l.connection_id = of_connection AND l.source_id = of_source AND l.kind = 'customer' AND l.key = of_key) IS NOT NULL THEN 'platform'
  END
  FROM (SELECT 1) AS one LEFT JOIN selection s ON s.connection_id = of_connection AND s.source_id = of_source AND s.key = of_key
$$;
CREATE FUNCTION is_selected("of_connection" uuid, "of_tenant" uuid, "of_source" uuid, "of_key" text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT (SELECT c.settings->>'scope' FROM connection c WHERE c.id = of_connection) IS DISTINCT FROM 'selected'
    OR selected_by(of_connection, of_tenant, of_source, of_key) IS NOT NULL
$$;
