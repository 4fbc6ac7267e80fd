-- Several connections' links may wait for one customer whom The Edge is asked to create.
-- AlterTable
ALTER TABLE "link" ADD COLUMN     "created_by" UUID;

UPDATE "link" l SET "created_by" = c.id FROM "command" c
WHERE c.link_id = l.id AND l.key IS NULL AND c.wish ->> 'do' = 'createCustomer';

-- CreateIndex
CREATE INDEX "link_created_by_idx" ON "link"("created_by");
