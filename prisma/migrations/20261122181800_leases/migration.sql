-- A write belongs to the worker that leased it: no other makes it before the lease has run out.
ALTER TABLE "effect" ADD COLUMN "lease" UUID, ADD COLUMN "leased_until" TIMESTAMPTZ(3);
