DROP TABLE catalog.products;
DROP FUNCTION catalog.set_products_updated_at();
DROP FUNCTION catalog.fold_accents(text);
