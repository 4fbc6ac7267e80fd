-- An event whose handling failed unexpectedly waits for its next try, and is set aside after some.
ALTER TABLE "inbox" ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
GRANT SELECT ("not_before") ON "inbox" TO jumpring_system;
