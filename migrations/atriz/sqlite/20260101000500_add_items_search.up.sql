-- The index reads its text from items by rowid, so nothing is stored twice. Whatever gives the rows of items new rowids
-- (a rebuild of the table) has to run: INSERT INTO items_search (items_search) VALUES ('rebuild').
CREATE VIRTUAL TABLE items_search USING fts5(
    title,
    body,
    content = 'items',
    content_rowid = 'rowid',
    tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO items_search (items_search) VALUES ('rebuild');

CREATE TRIGGER trg_items_search_insert AFTER INSERT ON items FOR EACH ROW
BEGIN
    INSERT INTO items_search (rowid, title, body) VALUES (NEW.rowid, NEW.title, NEW.body);
END;

CREATE TRIGGER trg_items_search_update AFTER UPDATE OF title, body ON items FOR EACH ROW
WHEN NEW.title IS NOT OLD.title OR NEW.body IS NOT OLD.body
BEGIN
    INSERT INTO items_search (items_search, rowid, title, body) VALUES ('delete', OLD.rowid, OLD.title, OLD.body);
    INSERT INTO items_search (rowid, title, body) VALUES (NEW.rowid, NEW.title, NEW.body);
END;

CREATE TRIGGER trg_items_search_delete AFTER DELETE ON items FOR EACH ROW
BEGIN
    INSERT INTO items_search (items_search, rowid, title, body) VALUES ('delete', OLD.rowid, OLD.title, OLD.body);
END;
