CREATE TABLE master.locations (
    id uuid NOT NULL,
    parent_id uuid,
    kind text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    search_name text NOT NULL,
    path text NOT NULL,
    lat_e7 integer,
    lon_e7 integer,
    tz text,
    population bigint,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_locations PRIMARY KEY (id),
    CONSTRAINT fk_locations_locations FOREIGN KEY (parent_id) REFERENCES master.locations (id) ON DELETE RESTRICT,
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
);

CREATE INDEX idx_locations_parent_id ON master.locations (parent_id);

CREATE INDEX idx_locations_path ON master.locations (path text_pattern_ops);

CREATE INDEX idx_locations_search_name_population ON master.locations (search_name text_pattern_ops, population);

CREATE TRIGGER trg_locations_updated_at
    BEFORE UPDATE ON master.locations
    FOR EACH ROW EXECUTE FUNCTION master.set_updated_at();

COMMENT ON TABLE master.locations IS 'Countries, their regions and their cities.';
COMMENT ON COLUMN master.locations.id IS 'Identifies the row.';
COMMENT ON COLUMN master.locations.parent_id IS 'The place it lies in; NULL for a country.';
COMMENT ON COLUMN master.locations.kind IS 'What kind of place it is.';
COMMENT ON COLUMN master.locations.code IS
    'Its code: ISO 3166-1 for a country, ISO 3166-2 for a region, a GeoNames number for a city.';
COMMENT ON COLUMN master.locations.name IS 'What people see.';
COMMENT ON COLUMN master.locations.search_name IS 'The name in lower case without accents, for search as one types.';
COMMENT ON COLUMN master.locations.path IS 'The codes from the country down to it, such as /BR/BR-SP/3448439/.';
COMMENT ON COLUMN master.locations.lat_e7 IS 'Latitude in ten-millionths of a degree.';
COMMENT ON COLUMN master.locations.lon_e7 IS 'Longitude in ten-millionths of a degree.';
COMMENT ON COLUMN master.locations.tz IS 'The time zone by its IANA name; NULL where there are several.';
COMMENT ON COLUMN master.locations.population IS
    'How many people live there, to put large places first; NULL when not known.';
COMMENT ON COLUMN master.locations.version IS
    'Drawn from the counter of the locations: entity tag, compare-and-swap value and sync cursor at once.';
COMMENT ON COLUMN master.locations.created_at IS 'When the row was made.';
COMMENT ON COLUMN master.locations.updated_at IS 'When the row last changed.';
