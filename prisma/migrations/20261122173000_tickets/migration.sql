-- A record draws a new ticket each time it is put on a work list: a row goes only with the ticket it was taken with.
ALTER TABLE "pending" ADD COLUMN "ticket" BIGSERIAL NOT NULL;
GRANT USAGE ON SEQUENCE "pending_ticket_seq" TO jumpring_tenant;

-- An effect that is under way now carries none: its record is looked at once more.
ALTER TABLE "effect" ADD COLUMN "ticket" BIGINT NOT NULL DEFAULT 0;
