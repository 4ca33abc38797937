-- A fleet is what people are members of and what everything else belongs to: the tenant, and the scope of versions.
CREATE TABLE fleets (
    id BLOB NOT NULL CONSTRAINT ck_fleets_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL CONSTRAINT ck_fleets_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL CONSTRAINT ck_fleets_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_fleets PRIMARY KEY (id),
    CONSTRAINT uq_fleets_code UNIQUE (code),
    CONSTRAINT ck_fleets_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_fleets_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_fleets_version CHECK (version >= 1)
) STRICT;

CREATE TRIGGER trg_fleets_updated_at AFTER UPDATE ON fleets
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE fleets SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE id = NEW.id;
END;

-- No foreign key can reach core, so user_id is a plain column with an index.
CREATE TABLE fleet_members (
    fleet_id BLOB NOT NULL CONSTRAINT ck_fleet_members_fleet_id_type CHECK (length(fleet_id) = 16),
    user_id BLOB NOT NULL CONSTRAINT ck_fleet_members_user_id_type CHECK (length(user_id) = 16),
    role TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_fleet_members_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_fleet_members_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_fleet_members PRIMARY KEY (fleet_id, user_id),
    CONSTRAINT fk_fleet_members_fleets FOREIGN KEY (fleet_id) REFERENCES fleets (id) ON DELETE CASCADE,
    CONSTRAINT ck_fleet_members_role CHECK (role IN ('owner', 'manager', 'dispatcher', 'viewer')),
    CONSTRAINT ck_fleet_members_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_fleet_members_user_id ON fleet_members (user_id);
CREATE INDEX idx_fleet_members_fleet_id_version_user_id ON fleet_members (fleet_id, version, user_id);

CREATE TRIGGER trg_fleet_members_updated_at AFTER UPDATE ON fleet_members
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE fleet_members SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE fleet_id = NEW.fleet_id AND user_id = NEW.user_id;
END;
