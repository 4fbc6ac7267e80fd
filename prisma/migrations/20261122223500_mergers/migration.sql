-- Which numbers of customers became others' (EDT CustomerOldCustKey), as the journal tells it.
-- CreateTable
CREATE TABLE "merger" (
    "tenant_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "old_key" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "unsure" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "merger_pkey" PRIMARY KEY ("tenant_id","source_id","old_key","key")
);

-- CreateIndex
CREATE INDEX "merger_tenant_id_source_id_key_idx" ON "merger"("tenant_id", "source_id", "key");

ALTER TABLE "merger" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "merger" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "merger" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON "merger" TO jumpring_tenant;
-- What was in conflict goes along with its customer.
GRANT UPDATE ("key", "customer") ON "conflict" TO jumpring_tenant;

INSERT INTO "merger" ("tenant_id", "source_id", "old_key", "key", "seq")
SELECT "tenant_id", "source_id", substring("payload" FROM '"oldKey":"([^"]+)"'), "key", "seq" FROM "record"
WHERE "kind" = 'customer' AND substring("payload" FROM '"oldKey":"([^"]+)"') IS NOT NULL;
