-- BY-08: what people decided of customers who look like one. A decision that is undone stays, as undone.
-- CreateTable
CREATE TABLE "duplicate_decision" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "decision" TEXT NOT NULL,
    "customers" TEXT[],
    "kind" TEXT,
    "value" TEXT,
    "connection_id" UUID,
    "decided_by" UUID NOT NULL,
    "decided_as" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undone_by" UUID,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "duplicate_decision_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "duplicate_decision_tenant_id_undone_at_idx" ON "duplicate_decision"("tenant_id", "undone_at");

ALTER TABLE "duplicate_decision" ADD CONSTRAINT "duplicate_decision_form" CHECK (
  ("decision" = 'join' AND "kind" IS NULL AND "value" IS NULL) OR
  ("decision" = 'apart' AND "kind" IN ('phone', 'email', 'contact') AND "value" IS NOT NULL AND ("kind" = 'contact') = ("connection_id" IS NOT NULL))
);
ALTER TABLE "duplicate_decision" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "duplicate_decision" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "duplicate_decision" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT ON "duplicate_decision" TO jumpring_tenant;
GRANT UPDATE ("undone_by", "undone_at") ON "duplicate_decision" TO jumpring_tenant;
