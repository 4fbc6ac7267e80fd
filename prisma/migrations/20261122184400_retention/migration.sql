-- What runs that were let go had done: the counts of a connection go back to its beginning.
CREATE TABLE "run_total" (
    "connection_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "unchanged" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,

    CONSTRAINT "run_total_pkey" PRIMARY KEY ("connection_id")
);
ALTER TABLE "run_total" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "run_total" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "run_total" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON "run_total" TO jumpring_tenant;

-- The oldest first, when they are let go.
CREATE INDEX "inbox_connection_id_received_at_idx" ON "inbox"("connection_id", "received_at");
