-- Contacts of a platform that fit several customers, by phone and e-mail: nobody's upload takes one of them by guess.
-- CreateTable
CREATE TABLE "unmatched" (
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,

    CONSTRAINT "unmatched_pkey" PRIMARY KEY ("connection_id","identifier","uid")
);

-- CreateIndex
CREATE INDEX "unmatched_connection_id_uid_idx" ON "unmatched"("connection_id", "uid");

ALTER TABLE "unmatched" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "unmatched" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "unmatched" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON "unmatched" TO jumpring_tenant;
