ALTER TABLE "connection" ADD COLUMN "reading_wanted" INTEGER NOT NULL DEFAULT 1, ADD COLUMN "reading_done" INTEGER NOT NULL DEFAULT 0;
UPDATE "connection" SET "reading_done" = 1 WHERE "last_poll_at" IS NOT NULL;
-- The sweep rings where the platform is to be asked anew.
GRANT SELECT ("last_poll_at", "preview") ON "connection" TO jumpring_system;
