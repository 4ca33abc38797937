-- A fleet is what people are members of and what everything else belongs to: the tenant, and the scope of versions.
CREATE TABLE fleet.fleets (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_fleets PRIMARY KEY (id),
    CONSTRAINT uq_fleets_code UNIQUE (code),
    CONSTRAINT ck_fleets_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_fleets_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_fleets_version CHECK (version >= 1)
);

CREATE TRIGGER trg_fleets_updated_at BEFORE UPDATE ON fleet.fleets
    FOR EACH ROW EXECUTE FUNCTION fleet.set_updated_at();

COMMENT ON TABLE fleet.fleets IS 'A fleet of vehicles with its members: the tenant.';
COMMENT ON COLUMN fleet.fleets.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN fleet.fleets.code IS 'Short name people know the fleet by, unique everywhere.';
COMMENT ON COLUMN fleet.fleets.name IS 'Full name of the fleet.';
COMMENT ON COLUMN fleet.fleets.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN fleet.fleets.created_at IS 'When the row was made.';
COMMENT ON COLUMN fleet.fleets.updated_at IS 'When the row last changed.';

-- No foreign key can reach core, so user_id is a plain column with an index.
CREATE TABLE fleet.fleet_members (
    fleet_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_fleet_members PRIMARY KEY (fleet_id, user_id),
    CONSTRAINT fk_fleet_members_fleets FOREIGN KEY (fleet_id) REFERENCES fleet.fleets (id) ON DELETE CASCADE,
    CONSTRAINT ck_fleet_members_role CHECK (role IN ('owner', 'manager', 'dispatcher', 'viewer')),
    CONSTRAINT ck_fleet_members_version CHECK (version >= 1)
);

CREATE INDEX idx_fleet_members_user_id ON fleet.fleet_members (user_id);
CREATE INDEX idx_fleet_members_fleet_id_version_user_id ON fleet.fleet_members (fleet_id, version, user_id);

CREATE TRIGGER trg_fleet_members_updated_at BEFORE UPDATE ON fleet.fleet_members
    FOR EACH ROW EXECUTE FUNCTION fleet.set_updated_at();

COMMENT ON TABLE fleet.fleet_members IS 'Who may do what in a fleet.';
COMMENT ON COLUMN fleet.fleet_members.fleet_id IS 'The fleet.';
COMMENT ON COLUMN fleet.fleet_members.user_id IS 'The member, a user of core.';
COMMENT ON COLUMN fleet.fleet_members.role IS 'What the member may do in this fleet.';
COMMENT ON COLUMN fleet.fleet_members.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN fleet.fleet_members.created_at IS 'When the row was made.';
COMMENT ON COLUMN fleet.fleet_members.updated_at IS 'When the row last changed.';
