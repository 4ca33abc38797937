DROP INDEX app.idx_items_search;

ALTER TABLE app.items DROP COLUMN search;

DROP FUNCTION app.fold_accents(text);
