DROP FUNCTION fleet.set_updated_at();
DROP SCHEMA fleet;
