-- While a platform does not answer, a connection's next try has its time: whoever rings meanwhile does not hasten it.
ALTER TABLE "connection" ADD COLUMN "outage_since" TIMESTAMPTZ(3),
  ADD COLUMN "outage_tries" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "next_try_at" TIMESTAMPTZ(3);
GRANT SELECT ("next_try_at") ON "connection" TO jumpring_system;
