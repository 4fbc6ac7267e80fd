-- Merges that EDT does not tell and that what moved lets suspect, and what a person said of an unclear one.
-- AlterTable
ALTER TABLE "merger" ADD COLUMN     "decided_as" TEXT,
ADD COLUMN     "decided_at" TIMESTAMPTZ(3),
ADD COLUMN     "decided_by" UUID,
ADD COLUMN     "decision" TEXT,
ADD COLUMN     "told" BOOLEAN NOT NULL DEFAULT true;
