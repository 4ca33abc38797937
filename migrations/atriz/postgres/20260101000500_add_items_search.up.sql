-- PostgreSQL's own unaccent is an extension and not immutable, so a generated column cannot use it.
CREATE FUNCTION app.fold_accents(value text) RETURNS text
    LANGUAGE sql
    IMMUTABLE
    STRICT
    PARALLEL SAFE
    RETURN translate(
        normalize(regexp_replace(normalize(value, NFD), '[\u0300-\u036f]', '', 'g'), NFC),
        '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~',
        '                                '
    );

ALTER TABLE app.items ADD COLUMN search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.simple', app.fold_accents(title)), 'A')
    || setweight(to_tsvector('pg_catalog.simple', app.fold_accents(body)), 'B')
) STORED;

CREATE INDEX idx_items_search ON app.items USING gin (search);

COMMENT ON FUNCTION app.fold_accents(text) IS
    'Takes accents off letters and makes blanks of signs, so that 1.5 is two words, as it is to SQLite and to searches.';
COMMENT ON COLUMN app.items.search IS 'The words of title and body without accents, for full-text search.';
