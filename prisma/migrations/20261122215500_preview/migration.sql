-- BY-01: a connection may begin with a preview, which a person approves.
-- AlterTable
ALTER TABLE "connection" ADD COLUMN     "preview" TEXT,
ADD COLUMN     "preview_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "preview_entry" (
    "connection_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "tenant_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "source_id" UUID,
    "key" TEXT,
    "name" TEXT,
    "uid" TEXT,
    "reason" TEXT,
    "message" TEXT,
    "changes" JSONB NOT NULL,

    CONSTRAINT "preview_entry_pkey" PRIMARY KEY ("connection_id","n")
);

-- CreateIndex
CREATE INDEX "preview_entry_connection_id_what_n_idx" ON "preview_entry"("connection_id", "what", "n");

ALTER TABLE "preview_entry" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "preview_entry" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "preview_entry" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, DELETE ON "preview_entry" TO jumpring_tenant;
