-- A record that waits for its customer's contact stays on the work list, due at no time, until the platform has that contact.
ALTER TABLE "pending" ADD COLUMN "waits_for" TEXT;
CREATE INDEX "pending_waiting" ON "pending"("connection_id", "source_id", "waits_for") WHERE "waits_for" IS NOT NULL;
