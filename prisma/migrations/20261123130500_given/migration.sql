-- Since when an agent may have carried out a command that it has said nothing of yet. What is open now may have been given.
ALTER TABLE "command" ADD COLUMN "given_at" TIMESTAMPTZ(3);
UPDATE "command" SET "given_at" = now() WHERE "status" = 'queued';
