-- CO-06: where the platform keeps a contact's acquisition, as external_id_field says of the Edge customer number.
ALTER TABLE "connection" ADD COLUMN "acquisition_field" TEXT;
