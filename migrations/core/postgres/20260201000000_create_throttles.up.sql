CREATE TABLE auth.throttles (
    key_hash bytea NOT NULL,
    kind text NOT NULL,
    fails integer NOT NULL,
    window_start timestamptz NOT NULL,
    locked_until timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_throttles PRIMARY KEY (key_hash),
    CONSTRAINT ck_throttles_key_hash CHECK (length(key_hash) = 32),
    CONSTRAINT ck_throttles_kind CHECK (length(kind) BETWEEN 1 AND 32),
    CONSTRAINT ck_throttles_fails CHECK (fails >= 0)
) WITH (fillfactor = 70);

CREATE INDEX idx_throttles_window_start ON auth.throttles (window_start);

CREATE TRIGGER trg_throttles_updated_at
    BEFORE UPDATE ON auth.throttles
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.throttles IS 'What was tried how often, one row per kind and keyed value.';
COMMENT ON COLUMN auth.throttles.key_hash IS
    'Keyed hash of what is counted, such as an address; the value itself is nowhere.';
COMMENT ON COLUMN auth.throttles.kind IS 'Which limit it is counted for.';
COMMENT ON COLUMN auth.throttles.fails IS 'How many tries were charged in this window.';
COMMENT ON COLUMN auth.throttles.window_start IS 'When the window began.';
COMMENT ON COLUMN auth.throttles.locked_until IS 'Until when nothing more is tried; NULL while it may be.';
COMMENT ON COLUMN auth.throttles.updated_at IS 'When the row last changed.';
