-- What a platform says of a phone counts also where The Edge has said it of another customer's: only a platform's word is marked in The Edge.
-- AlterTable
ALTER TABLE "opt_out" DROP CONSTRAINT "opt_out_pkey",
ADD CONSTRAINT "opt_out_pkey" PRIMARY KEY ("tenant_id", "phone", "origin");
