CREATE TABLE locations (
    id BLOB NOT NULL CONSTRAINT ck_locations_id_type CHECK (length(id) = 16),
    parent_id BLOB CONSTRAINT ck_locations_parent_id_type CHECK (length(parent_id) = 16),
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    search_name TEXT NOT NULL,
    path TEXT NOT NULL,
    lat_e7 INTEGER,
    lon_e7 INTEGER,
    tz TEXT,
    population INTEGER,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_locations_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_locations_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_locations PRIMARY KEY (id),
    CONSTRAINT fk_locations_locations FOREIGN KEY (parent_id) REFERENCES locations (id) ON DELETE NO ACTION,
    CONSTRAINT uq_locations_kind_code UNIQUE (kind, code),
    CONSTRAINT ck_locations_kind CHECK (kind IN ('country', 'region', 'city')),
    CONSTRAINT ck_locations_code CHECK (length(code) BETWEEN 1 AND 32 AND replace(code, '/', '') = code),
    CONSTRAINT ck_locations_name CHECK (length(trim(name)) BETWEEN 1 AND 200),
    CONSTRAINT ck_locations_search_name CHECK (length(search_name) BETWEEN 1 AND 200),
    CONSTRAINT ck_locations_path CHECK (
        substr(path, 1, 1) = '/' AND substr(path, length(path) - length(code) - 1) = '/' || code || '/'
    ),
    CONSTRAINT ck_locations_lat_e7 CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
    CONSTRAINT ck_locations_lon_e7 CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
    CONSTRAINT ck_locations_position CHECK ((lat_e7 IS NULL) = (lon_e7 IS NULL)),
    CONSTRAINT ck_locations_tz CHECK (length(tz) BETWEEN 1 AND 64),
    CONSTRAINT ck_locations_population CHECK (population >= 0),
    CONSTRAINT ck_locations_parent_id CHECK ((parent_id IS NULL) = (kind = 'country')),
    CONSTRAINT ck_locations_version CHECK (version >= 1)
) STRICT;

CREATE INDEX idx_locations_parent_id ON locations (parent_id);

CREATE INDEX idx_locations_path ON locations (path COLLATE NOCASE);

CREATE INDEX idx_locations_search_name_population ON locations (search_name COLLATE NOCASE, population);

CREATE TRIGGER trg_locations_updated_at AFTER UPDATE ON locations FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE locations SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;
