CREATE TABLE throttles (
    key_hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    fails INTEGER NOT NULL,
    window_start TEXT NOT NULL
        CONSTRAINT ck_throttles_window_start_type CHECK (window_start GLOB '????-??-??T??:??:??*+00:00'),
    locked_until TEXT CONSTRAINT ck_throttles_locked_until_type CHECK (locked_until GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_throttles_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_throttles PRIMARY KEY (key_hash),
    CONSTRAINT ck_throttles_key_hash CHECK (length(key_hash) = 32),
    CONSTRAINT ck_throttles_kind CHECK (length(kind) BETWEEN 1 AND 32),
    CONSTRAINT ck_throttles_fails CHECK (fails >= 0)
) STRICT;

CREATE INDEX idx_throttles_window_start ON throttles (window_start);

CREATE TRIGGER trg_throttles_updated_at AFTER UPDATE ON throttles FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE throttles SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE key_hash = NEW.key_hash;
END;
