DROP FUNCTION sales.set_updated_at();
DROP FUNCTION catalog.set_updated_at();
DROP SCHEMA sales;
DROP SCHEMA stock;
DROP SCHEMA catalog;
