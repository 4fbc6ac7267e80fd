-- BY-04: while what a person has approved is received; it does not count as a change that nobody has approved.
-- AlterTable
ALTER TABLE "connection" ADD COLUMN     "approving_inbox_n" BIGINT;
