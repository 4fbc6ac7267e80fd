-- What goes both ways beside contacts: feeds of the platform, conflicts, the mapping's versions; events that wait for their contact.
-- AlterTable
ALTER TABLE "inbox" ADD COLUMN     "waits_for" TEXT;

-- CreateTable
CREATE TABLE "feed" (
    "connection_id" UUID NOT NULL,
    "feed" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "watermark" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "feed_pkey" PRIMARY KEY ("connection_id","feed")
);

-- CreateTable
CREATE TABLE "conflict" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "customer" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "value" TEXT,
    "won" TEXT,
    "why" TEXT NOT NULL,
    "note" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conflict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "field_mapping" (
    "connection_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "tenant_id" UUID NOT NULL,
    "mapping" JSONB NOT NULL,
    "by" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "field_mapping_pkey" PRIMARY KEY ("connection_id","version")
);

-- CreateIndex
CREATE INDEX "conflict_tenant_id_at_idx" ON "conflict"("tenant_id", "at");

-- CreateIndex
CREATE INDEX "conflict_connection_id_at_idx" ON "conflict"("connection_id", "at");

-- What waits for a contact is found by it.
CREATE INDEX "inbox_waiting_idx" ON "inbox"("connection_id", "waits_for") WHERE status = 'waiting';

ALTER TABLE "feed" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "feed" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "feed" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON "feed" TO jumpring_tenant;

ALTER TABLE "conflict" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "conflict" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "conflict" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT ON "conflict" TO jumpring_tenant;

ALTER TABLE "field_mapping" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "field_mapping" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "field_mapping" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT ON "field_mapping" TO jumpring_tenant;
