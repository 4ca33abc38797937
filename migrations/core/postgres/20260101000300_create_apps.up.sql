CREATE TABLE auth.apps (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    audience text NOT NULL,
    redirect_uris jsonb NOT NULL,
    secret_hash bytea,
    cookie_policy text NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_apps PRIMARY KEY (id),
    CONSTRAINT uq_apps_code UNIQUE (code),
    CONSTRAINT uq_apps_audience UNIQUE (audience),
    CONSTRAINT ck_apps_code CHECK (
        length(code) BETWEEN 1 AND 64 AND ltrim(code, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''
    ),
    CONSTRAINT ck_apps_name CHECK (length(trim(name)) BETWEEN 1 AND 120),
    CONSTRAINT ck_apps_audience CHECK (length(audience) BETWEEN 1 AND 255),
    CONSTRAINT ck_apps_secret_hash CHECK (length(secret_hash) = 32),
    CONSTRAINT ck_apps_cookie_policy CHECK (cookie_policy IN ('strict', 'lax'))
);

CREATE TRIGGER trg_apps_updated_at
    BEFORE UPDATE ON auth.apps
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.apps IS 'The apps that people sign in to through this database.';
COMMENT ON COLUMN auth.apps.id IS 'Identifies the row.';
COMMENT ON COLUMN auth.apps.code IS 'The short name that configuration and seeds use, such as atriz.';
COMMENT ON COLUMN auth.apps.name IS 'What people see.';
COMMENT ON COLUMN auth.apps.audience IS 'The aud claim of the access tokens of this app.';
COMMENT ON COLUMN auth.apps.redirect_uris IS 'Where a sign-in may return to: a list of exact addresses.';
COMMENT ON COLUMN auth.apps.secret_hash IS 'SHA-256 of the client secret; NULL for a public client.';
COMMENT ON COLUMN auth.apps.cookie_policy IS 'The SameSite rule of the session cookie.';
COMMENT ON COLUMN auth.apps.is_active IS 'Whether people may sign in to it.';
COMMENT ON COLUMN auth.apps.created_at IS 'When the row was made.';
COMMENT ON COLUMN auth.apps.updated_at IS 'When the row last changed.';
