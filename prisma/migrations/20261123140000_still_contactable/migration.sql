-- Phones on a contact that must not be contacted, as its platform does not know: people are told of each once.
ALTER TABLE "link" ADD COLUMN "denied_shown" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
