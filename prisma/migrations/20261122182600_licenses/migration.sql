-- AlterTable
ALTER TABLE "source" ADD COLUMN "store_license_id" TEXT;

-- AlterTable
ALTER TABLE "connection" ADD COLUMN "licensed_tier" TEXT;

-- CreateTable
CREATE TABLE "license" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "tier" TEXT NOT NULL,
    "web_store" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'requested',
    "serial" INTEGER,
    "valid_from" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "file" TEXT,
    "mail_to" TEXT NOT NULL,
    "requested_by" UUID NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "issued_by" UUID,
    "issued_at" TIMESTAMPTZ(3),
    "mailed_at" TIMESTAMPTZ(3),
    "installed_at" TIMESTAMPTZ(3),
    "reminded_days" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "ended_by" UUID,
    "ended_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "told_at" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "looked_at" TIMESTAMPTZ(3),

    CONSTRAINT "license_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "license_key" (
    "kid" TEXT NOT NULL,
    "jwk" JSONB NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "license_key_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "alert" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "license_id" UUID,
    "kind" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "license_tenant_id_requested_at_idx" ON "license"("tenant_id", "requested_at");

-- CreateIndex
CREATE UNIQUE INDEX "license_connection_id_serial_key" ON "license"("connection_id", "serial");

-- CreateIndex
CREATE INDEX "alert_created_at_idx" ON "alert"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "source_tenant_id_store_license_id_key" ON "source"("tenant_id", "store_license_id");

-- ---- constraints that Prisma cannot say ----

-- A connection has at most one active license, and at most one order under way.
CREATE UNIQUE INDEX "license_active" ON "license"("connection_id") WHERE "status" = 'active';
CREATE UNIQUE INDEX "license_under_way" ON "license"("connection_id") WHERE "status" IN ('requested', 'signing');
CREATE UNIQUE INDEX "alert_open" ON "alert"("connection_id", "kind") WHERE "resolved_at" IS NULL;

-- ---- who sees what ----

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['license', 'alert'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', table_name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO jumpring_tenant', table_name);
  END LOOP;
END $$;

-- Alerts are read by the vendor for its tenants, and by the operator for all; they name no customer.
CREATE POLICY vendor ON "alert" FOR SELECT TO jumpring_vendor
  USING (tenant_id IN (SELECT id FROM "tenant" WHERE vendor_id = (SELECT current_vendor())));
GRANT SELECT ON "alert" TO jumpring_vendor;
CREATE POLICY system ON "alert" FOR SELECT TO jumpring_system USING (true);
GRANT SELECT ON "alert" TO jumpring_system;

-- Whose a license is, and which of them have to be rung for.
CREATE POLICY system ON "license" FOR SELECT TO jumpring_system USING (true);
GRANT SELECT ("id", "tenant_id", "status", "valid_until", "told_at", "changed_at", "looked_at") ON "license" TO jumpring_system;
GRANT SELECT ("licensed_tier") ON "connection" TO jumpring_system;

-- Public keys are everybody's to read. None is changed or taken away: what it has signed has to be read for as long as it holds.
ALTER TABLE "license_key" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "license_key" FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody ON "license_key" FOR SELECT TO jumpring_tenant, jumpring_system USING (true);
CREATE POLICY system ON "license_key" FOR INSERT TO jumpring_system WITH CHECK (true);
GRANT SELECT ON "license_key" TO jumpring_tenant, jumpring_system;
GRANT INSERT ON "license_key" TO jumpring_system;
