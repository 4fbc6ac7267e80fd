-- Into which contact: what a late message says of a note, a wish or a text of one who is gone belongs to who remains.
-- AlterTable
ALTER TABLE "merged_contact" ADD COLUMN "into_uid" TEXT;

GRANT UPDATE ON "merged_contact" TO jumpring_tenant;
