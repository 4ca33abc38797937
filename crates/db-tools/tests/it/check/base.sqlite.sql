CREATE TABLE owners (
    id BLOB NOT NULL CONSTRAINT ck_owners_id_type CHECK (length(id) = 16),
    name TEXT NOT NULL,
    born_on TEXT CONSTRAINT ck_owners_born_on_type CHECK (born_on GLOB '????-??-??'),
    CONSTRAINT pk_owners PRIMARY KEY (id),
    CONSTRAINT uq_owners_name UNIQUE (name),
    CONSTRAINT ck_owners_name CHECK (length(trim(name)) BETWEEN 1 AND 80)
) STRICT;

CREATE TABLE things (
    owner_id BLOB NOT NULL CONSTRAINT ck_things_owner_id_type CHECK (length(owner_id) = 16),
    number INTEGER NOT NULL,
    code TEXT NOT NULL CONSTRAINT ck_things_code_type CHECK (length(code) <= 20),
    state TEXT DEFAULT 'new' NOT NULL,
    amount INTEGER NOT NULL,
    is_open INTEGER DEFAULT 1 NOT NULL CONSTRAINT ck_things_is_open_type CHECK (is_open IN (0, 1)),
    note TEXT,
    data TEXT CONSTRAINT ck_things_data_type CHECK (data IS NULL OR json_valid(data)),
    doubled INTEGER GENERATED ALWAYS AS (amount * 2) STORED,
    updated_at TEXT NOT NULL CONSTRAINT ck_things_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_things PRIMARY KEY (owner_id, number),
    CONSTRAINT uq_things_owner_id_code UNIQUE (owner_id, code),
    CONSTRAINT fk_things_owners FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE,
    CONSTRAINT ck_things_state CHECK (state IN ('new', 'sold', 'lost')),
    CONSTRAINT ck_things_amount CHECK (amount >= -900 AND (is_open = 1 OR amount != 0))
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_things_amount ON things (amount DESC) WHERE is_open = 1 AND note IS NOT NULL;
CREATE INDEX idx_things_lower_code ON things (lower(code));

CREATE TRIGGER trg_things_updated_at AFTER UPDATE ON things
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE things SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE owner_id = NEW.owner_id AND number = NEW.number;
END;

CREATE TABLE entries (
    id BLOB NOT NULL CONSTRAINT ck_entries_id_type CHECK (length(id) = 16),
    owner_id BLOB NOT NULL CONSTRAINT ck_entries_owner_id_type CHECK (length(owner_id) = 16),
    number INTEGER NOT NULL,
    delta INTEGER NOT NULL,
    CONSTRAINT pk_entries PRIMARY KEY (id),
    CONSTRAINT fk_entries_things FOREIGN KEY (owner_id, number) REFERENCES things (owner_id, number) ON DELETE NO ACTION,
    CONSTRAINT ck_entries_delta CHECK (delta <> 0)
) STRICT;

CREATE INDEX idx_entries_owner_id_number ON entries (owner_id, number);

CREATE TRIGGER trg_entries_append_only_update BEFORE UPDATE ON entries
FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'trg_entries_append_only_update: rows are never changed');
END;

CREATE TRIGGER trg_entries_append_only_delete BEFORE DELETE ON entries
FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'trg_entries_append_only_delete: rows are never changed');
END;

CREATE VIEW open_things AS SELECT owner_id, number FROM things WHERE is_open = 1;
