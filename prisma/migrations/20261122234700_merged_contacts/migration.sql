-- Contacts of the platform that were merged into others: messages about them may still be on the way.
-- CreateTable
CREATE TABLE "merged_contact" (
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "uid" TEXT NOT NULL,

    CONSTRAINT "merged_contact_pkey" PRIMARY KEY ("connection_id","uid")
);

ALTER TABLE "merged_contact" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "merged_contact" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "merged_contact" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT ON "merged_contact" TO jumpring_tenant;
