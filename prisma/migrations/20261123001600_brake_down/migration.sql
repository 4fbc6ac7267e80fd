-- BY-04: what the platform has said up to this place of the inbox needs no approval (any more); and since when changes of The Edge are counted.
-- AlterTable
ALTER TABLE "connection" ADD COLUMN     "approved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "approved_inbox_n" BIGINT NOT NULL DEFAULT 0;
