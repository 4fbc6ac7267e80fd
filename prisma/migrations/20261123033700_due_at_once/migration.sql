-- What is put on a list "now" was rounded to the millisecond, half the time to one that had not come: not due yet for whoever
-- looked at once. In microseconds, as now() has them, it is. PostgreSQL rewrites nothing for more digits.
ALTER TABLE "pending" ALTER COLUMN "not_before" TYPE TIMESTAMPTZ(6);
ALTER TABLE "inbox" ALTER COLUMN "not_before" TYPE TIMESTAMPTZ(6);
ALTER TABLE "effect" ALTER COLUMN "not_before" TYPE TIMESTAMPTZ(6);
ALTER TABLE "connection" ALTER COLUMN "next_try_at" TYPE TIMESTAMPTZ(6);
