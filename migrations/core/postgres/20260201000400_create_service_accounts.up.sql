CREATE TABLE auth.service_accounts (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    app_id uuid,
    permissions jsonb NOT NULL,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_service_accounts PRIMARY KEY (id),
    CONSTRAINT fk_service_accounts_apps FOREIGN KEY (app_id) REFERENCES auth.apps (id) ON DELETE RESTRICT,
    CONSTRAINT uq_service_accounts_code UNIQUE (code),
    CONSTRAINT ck_service_accounts_code CHECK (
        length(code) BETWEEN 1 AND 64 AND ltrim(code, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''
    ),
    CONSTRAINT ck_service_accounts_name CHECK (length(trim(name)) BETWEEN 1 AND 120)
);

CREATE INDEX idx_service_accounts_app_id ON auth.service_accounts (app_id);

CREATE TRIGGER trg_service_accounts_updated_at
    BEFORE UPDATE ON auth.service_accounts
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.service_accounts IS 'Programs that sign in by key, on behalf of nobody.';
COMMENT ON COLUMN auth.service_accounts.id IS 'Identifies the row.';
COMMENT ON COLUMN auth.service_accounts.code IS 'The short name of the account.';
COMMENT ON COLUMN auth.service_accounts.name IS 'What people see.';
COMMENT ON COLUMN auth.service_accounts.app_id IS 'The app it belongs to; NULL for one of the whole platform.';
COMMENT ON COLUMN auth.service_accounts.permissions IS 'What it may do: a list of permissions.';
COMMENT ON COLUMN auth.service_accounts.disabled_at IS 'When it was shut; NULL while it may work.';
COMMENT ON COLUMN auth.service_accounts.created_at IS 'When the row was made.';
COMMENT ON COLUMN auth.service_accounts.updated_at IS 'When the row last changed.';
