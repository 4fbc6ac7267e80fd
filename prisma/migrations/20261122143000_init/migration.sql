-- The tables, as schema.prisma has them; below them what Prisma cannot say: partial indexes, roles, row-level security.


-- CreateTable
CREATE TABLE "vendor" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "platform" TEXT NOT NULL,

    CONSTRAINT "vendor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "vendor_id" UUID,
    "tenant_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "vendor_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT 'US',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_counter" (
    "tenant_id" UUID NOT NULL,
    "journal_seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "tenant_counter_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "identity_cursor" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "identity_cursor_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "source" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "complete_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "source_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "store" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "store_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "enrollment_code" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "code_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "agent_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "enrollment_code_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "epoch" UUID,
    "acked" BIGINT NOT NULL DEFAULT 0,
    "last_seen_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cloud" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "generation" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,

    CONSTRAINT "cloud_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connection" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "platform" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "paused_code" TEXT,
    "paused_reason" TEXT,
    "settings" JSONB NOT NULL,
    "base_url" TEXT NOT NULL,
    "phase" TEXT NOT NULL DEFAULT 'initial',
    "platform_read_at" TIMESTAMPTZ(3),
    "initial_started_at" TIMESTAMPTZ(3),
    "initial_done_at" TIMESTAMPTZ(3),
    "external_id_field" TEXT,
    "poll_watermark" TIMESTAMPTZ(3),
    "last_poll_at" TIMESTAMPTZ(3),
    "last_run_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "connection_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "key_id" TEXT NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("connection_id")
);

-- CreateTable
CREATE TABLE "record" (
    "tenant_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "record_pkey" PRIMARY KEY ("tenant_id","source_id","kind","key")
);

-- CreateTable
CREATE TABLE "journal" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "before" TEXT,

    CONSTRAINT "journal_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "identity" (
    "tenant_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "key" TEXT NOT NULL,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("tenant_id","type","value","source_id","key")
);

-- CreateTable
CREATE TABLE "opt_out" (
    "tenant_id" UUID NOT NULL,
    "phone" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "opt_out_pkey" PRIMARY KEY ("tenant_id","phone")
);

-- CreateTable
CREATE TABLE "pending" (
    "connection_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "priority" SMALLINT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "pending_pkey" PRIMARY KEY ("connection_id","source_id","kind","key")
);

-- CreateTable
CREATE TABLE "link" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT,
    "status" TEXT NOT NULL,
    "uid" TEXT,
    "identifiers" TEXT[],
    "state" JSONB NOT NULL,
    "deferred" JSONB,
    "shared_with" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "link_identifier" (
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "link_id" UUID NOT NULL,

    CONSTRAINT "link_identifier_pkey" PRIMARY KEY ("connection_id","identifier","link_id")
);

-- CreateTable
CREATE TABLE "effect" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "lane" TEXT NOT NULL,
    "frozen" JSONB NOT NULL,
    "fields" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'prepared',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(3),
    "error_code" TEXT,

    CONSTRAINT "effect_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "connection_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "n" BIGSERIAL NOT NULL,
    "origin" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" TEXT NOT NULL DEFAULT 'new',

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("connection_id","event_id")
);

-- CreateTable
CREATE TABLE "command" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "link_id" UUID,
    "wish" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "command_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quarantine" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID,
    "source_id" UUID,
    "stage" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "kind" TEXT,
    "key" TEXT,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "lane" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "held" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "received" INTEGER NOT NULL DEFAULT 0,
    "commanded" INTEGER NOT NULL DEFAULT 0,
    "error_code" TEXT,
    "error_message" TEXT,

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_budget" (
    "connection_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "limit" INTEGER NOT NULL,
    "remaining" INTEGER NOT NULL,
    "reset_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_budget_pkey" PRIMARY KEY ("connection_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "vendor_platform_key" ON "vendor"("platform");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_vendor_id_name_key" ON "tenant"("vendor_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "source_tenant_id_name_key" ON "source"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "store_source_id_number_key" ON "store"("source_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "enrollment_code_code_hash_key" ON "enrollment_code"("code_hash");

-- CreateIndex
CREATE INDEX "agent_tenant_id_idx" ON "agent"("tenant_id");

-- CreateIndex
CREATE INDEX "connection_tenant_id_idx" ON "connection"("tenant_id");

-- CreateIndex
CREATE INDEX "identity_tenant_id_source_id_key_idx" ON "identity"("tenant_id", "source_id", "key");

-- CreateIndex
CREATE INDEX "link_connection_id_uid_idx" ON "link"("connection_id", "uid");

-- CreateIndex
CREATE UNIQUE INDEX "link_connection_id_source_id_kind_key_key" ON "link"("connection_id", "source_id", "kind", "key");

-- CreateIndex
CREATE INDEX "effect_connection_id_done_at_idx" ON "effect"("connection_id", "done_at");

-- CreateIndex
CREATE INDEX "command_source_id_status_created_at_idx" ON "command"("source_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "command_connection_id_updated_at_idx" ON "command"("connection_id", "updated_at");

-- CreateIndex
CREATE INDEX "command_link_id_idx" ON "command"("link_id");

-- CreateIndex
CREATE INDEX "quarantine_tenant_id_resolved_at_created_at_idx" ON "quarantine"("tenant_id", "resolved_at", "created_at");

-- CreateIndex
CREATE INDEX "run_connection_id_started_at_idx" ON "run"("connection_id", "started_at");

-- AddForeignKey
ALTER TABLE "user" ADD CONSTRAINT "user_vendor_id_fkey" FOREIGN KEY ("vendor_id") REFERENCES "vendor"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user" ADD CONSTRAINT "user_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant" ADD CONSTRAINT "tenant_vendor_id_fkey" FOREIGN KEY ("vendor_id") REFERENCES "vendor"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source" ADD CONSTRAINT "source_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store" ADD CONSTRAINT "store_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store" ADD CONSTRAINT "store_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection" ADD CONSTRAINT "connection_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- ---- constraints that Prisma cannot say ----

-- One effect under way per record: an older payload is never overtaken by a newer one.
CREATE UNIQUE INDEX "effect_in_flight" ON "effect"("connection_id", "source_id", "kind", "key") WHERE "status" = 'prepared';
-- One open entry per subject and stage.
CREATE UNIQUE INDEX "quarantine_open" ON "quarantine"("tenant_id", coalesce("connection_id", "source_id"), "stage", "subject") WHERE "resolved_at" IS NULL;
-- Live work in its order; a bulk goes by the primary key.
CREATE INDEX "pending_live" ON "pending"("connection_id", "priority", "not_before", "seq") WHERE "priority" < 2;
CREATE INDEX "inbox_new" ON "inbox"("connection_id", "n") WHERE "status" = 'new';
ALTER TABLE "cloud" ADD CONSTRAINT "cloud_one_row" CHECK ("id" = 1);
ALTER TABLE "user" ADD CONSTRAINT "user_scope" CHECK (
  ("role" = 'operator' AND "vendor_id" IS NULL AND "tenant_id" IS NULL) OR
  ("role" = 'vendor' AND "vendor_id" IS NOT NULL AND "tenant_id" IS NULL) OR
  ("role" = 'store' AND "vendor_id" IS NULL AND "tenant_id" IS NOT NULL)
);

-- ---- a link's identifiers one by one: under row-level security no index on an array is used ----

CREATE FUNCTION keep_link_identifiers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM link_identifier WHERE connection_id = OLD.connection_id AND identifier = ANY(OLD.identifiers) AND link_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO link_identifier (tenant_id, connection_id, identifier, link_id)
    SELECT DISTINCT NEW.tenant_id, NEW.connection_id, identifier, NEW.id FROM unnest(NEW.identifiers) AS identifier;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_identifiers AFTER INSERT OR DELETE ON "link" FOR EACH ROW EXECUTE FUNCTION keep_link_identifiers();
CREATE TRIGGER keep_changed_identifiers AFTER UPDATE ON "link" FOR EACH ROW
  WHEN (OLD.identifiers IS DISTINCT FROM NEW.identifiers) EXECUTE FUNCTION keep_link_identifiers();

-- ---- roles: the application signs in as jumpring_app, which can do nothing until it takes one of these for a transaction ----

DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['jumpring_tenant', 'jumpring_vendor', 'jumpring_system'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    END IF;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO jumpring_tenant, jumpring_vendor, jumpring_system;

-- A setting that is absent or empty is no tenant, and no tenant sees no rows.
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
CREATE FUNCTION current_vendor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.vendor_id', true), '')::uuid $$;

-- ---- tenant scope: every table with a tenant_id ----

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'tenant_counter', 'identity_cursor', 'source', 'store', 'enrollment_code', 'agent', 'connection', 'credential', 'record', 'journal', 'identity',
    'opt_out', 'pending', 'link', 'link_identifier', 'effect', 'inbox', 'command', 'quarantine', 'run', 'rate_budget'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', table_name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO jumpring_tenant', table_name);
  END LOOP;
END $$;
-- Neither the history nor an opt-out is rewritten by the application.
REVOKE UPDATE ON "journal" FROM jumpring_tenant;
REVOKE UPDATE, DELETE ON "opt_out" FROM jumpring_tenant;

ALTER TABLE "tenant" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tenant" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "tenant" FOR SELECT TO jumpring_tenant USING (id = (SELECT current_tenant()));
GRANT SELECT ON "tenant" TO jumpring_tenant;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO jumpring_tenant;

-- ---- vendor scope: the directory of its own tenants ----

CREATE POLICY vendor ON "tenant" TO jumpring_vendor USING (vendor_id = (SELECT current_vendor())) WITH CHECK (vendor_id = (SELECT current_vendor()));
GRANT SELECT, INSERT, UPDATE ON "tenant" TO jumpring_vendor;
CREATE POLICY vendor ON "tenant_counter" FOR INSERT TO jumpring_vendor
  WITH CHECK (tenant_id IN (SELECT id FROM "tenant" WHERE vendor_id = (SELECT current_vendor())));
GRANT INSERT ON "tenant_counter" TO jumpring_vendor;
ALTER TABLE "vendor" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "vendor" FORCE ROW LEVEL SECURITY;
CREATE POLICY vendor ON "vendor" FOR SELECT TO jumpring_vendor USING (id = (SELECT current_vendor()));
GRANT SELECT ON "vendor" TO jumpring_vendor;

-- ---- system scope: sign-in, the operator's directory, recovery and sweeps; no customer data ----

ALTER TABLE "user" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "user" FORCE ROW LEVEL SECURITY;
ALTER TABLE "cloud" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "cloud" FORCE ROW LEVEL SECURITY;

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['user', 'cloud', 'vendor', 'tenant', 'tenant_counter', 'agent', 'enrollment_code', 'connection', 'pending', 'inbox'] LOOP
    EXECUTE format('CREATE POLICY system ON %I TO jumpring_system USING (true) WITH CHECK (true)', table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON "user", "cloud", "vendor", "tenant" TO jumpring_system;
GRANT INSERT ON "tenant_counter" TO jumpring_system;
-- A restored database has every store show itself again.
CREATE POLICY system ON "source" FOR UPDATE TO jumpring_system USING (true);
GRANT UPDATE ("complete_at") ON "source" TO jumpring_system;
GRANT SELECT ("id", "tenant_id", "source_id", "public_key", "revoked_at") ON "agent" TO jumpring_system;
GRANT SELECT ("id", "tenant_id", "source_id", "code_hash", "expires_at", "agent_id") ON "enrollment_code" TO jumpring_system;
GRANT SELECT ("id", "tenant_id", "platform", "status", "phase", "settings", "last_run_at") ON "connection" TO jumpring_system;
GRANT SELECT ("connection_id", "tenant_id", "priority", "not_before") ON "pending" TO jumpring_system;
GRANT SELECT ("connection_id", "tenant_id", "status", "n") ON "inbox" TO jumpring_system;
