DROP TRIGGER trg_items_search_delete;

DROP TRIGGER trg_items_search_update;

DROP TRIGGER trg_items_search_insert;

DROP TABLE items_search;
