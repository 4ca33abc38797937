CREATE SCHEMA app;

CREATE FUNCTION app.set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END;
$$;

CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: rows are never changed', TG_NAME;
END;
$$;

CREATE TABLE app.owners (
    id uuid NOT NULL,
    name text NOT NULL,
    born_on date,
    CONSTRAINT pk_owners PRIMARY KEY (id),
    CONSTRAINT uq_owners_name UNIQUE (name),
    CONSTRAINT ck_owners_name CHECK (length(trim(name)) BETWEEN 1 AND 80)
);

CREATE TABLE app.things (
    owner_id uuid NOT NULL,
    number integer NOT NULL,
    code varchar(20) NOT NULL,
    state text DEFAULT 'new' NOT NULL,
    amount bigint NOT NULL,
    is_open boolean DEFAULT true NOT NULL,
    note text,
    data jsonb,
    doubled bigint GENERATED ALWAYS AS (amount * 2) STORED,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_things PRIMARY KEY (owner_id, number),
    CONSTRAINT uq_things_owner_id_code UNIQUE (owner_id, code),
    CONSTRAINT fk_things_owners FOREIGN KEY (owner_id) REFERENCES app.owners (id) ON DELETE CASCADE,
    CONSTRAINT ck_things_state CHECK (state IN ('new', 'sold', 'lost')),
    CONSTRAINT ck_things_amount CHECK (amount >= -900 AND (is_open OR amount <> 0))
);

CREATE INDEX idx_things_amount ON app.things (amount DESC) WHERE is_open AND note IS NOT NULL;
CREATE INDEX idx_things_lower_code ON app.things (lower(code));

CREATE TRIGGER trg_things_updated_at BEFORE UPDATE ON app.things
    FOR EACH ROW EXECUTE FUNCTION app.set_updated_at();

CREATE TABLE app.entries (
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    number integer NOT NULL,
    delta bigint NOT NULL,
    CONSTRAINT pk_entries PRIMARY KEY (id),
    CONSTRAINT fk_entries_things FOREIGN KEY (owner_id, number) REFERENCES app.things (owner_id, number) ON DELETE RESTRICT,
    CONSTRAINT ck_entries_delta CHECK (delta <> 0)
);

CREATE INDEX idx_entries_owner_id_number ON app.entries (owner_id, number);

CREATE TRIGGER trg_entries_append_only_update BEFORE UPDATE ON app.entries
    FOR EACH ROW EXECUTE FUNCTION app.refuse_change();

CREATE TRIGGER trg_entries_append_only_delete BEFORE DELETE ON app.entries
    FOR EACH ROW EXECUTE FUNCTION app.refuse_change();

CREATE VIEW app.open_things AS SELECT owner_id, number FROM app.things WHERE is_open;
