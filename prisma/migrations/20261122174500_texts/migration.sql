-- CO-10: a text notification of The Edge, claimed once before it is sent, whatever happens afterwards.
CREATE TABLE "text_message" (
    "source_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "platform_id" TEXT,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "text_message_pkey" PRIMARY KEY ("source_id","key")
);
CREATE INDEX "text_message_connection_id_platform_id_idx" ON "text_message"("connection_id", "platform_id");
CREATE INDEX "text_message_connection_id_updated_at_idx" ON "text_message"("connection_id", "updated_at");

ALTER TABLE "text_message" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "text_message" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "text_message" TO jumpring_tenant USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON "text_message" TO jumpring_tenant;
