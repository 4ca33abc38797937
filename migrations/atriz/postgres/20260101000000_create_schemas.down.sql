DROP FUNCTION app.set_updated_at();

DROP FUNCTION master.set_updated_at();

DROP SCHEMA app;
DROP SCHEMA master;
