CREATE TABLE auth.users (
    id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    email_norm text NOT NULL,
    email_verified_at timestamptz,
    phone_e164 text,
    phone_verified_at timestamptz,
    status text NOT NULL,
    token_epoch bigint NOT NULL,
    cred_gen bigint NOT NULL,
    last_login_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email_norm UNIQUE (email_norm),
    CONSTRAINT uq_users_phone_e164 UNIQUE (phone_e164),
    CONSTRAINT ck_users_name CHECK (length(trim(name)) BETWEEN 1 AND 200),
    CONSTRAINT ck_users_email CHECK (length(email) BETWEEN 3 AND 254 AND email LIKE '%_@_%'),
    CONSTRAINT ck_users_email_norm CHECK (length(email_norm) BETWEEN 3 AND 254 AND email_norm LIKE '%_@_%'),
    CONSTRAINT ck_users_phone_e164 CHECK (
        length(phone_e164) BETWEEN 8 AND 16 AND substr(phone_e164, 1, 1) = '+'
        AND ltrim(substr(phone_e164, 2), '0123456789') = ''
    ),
    CONSTRAINT ck_users_phone_verified_at CHECK (phone_verified_at IS NULL OR phone_e164 IS NOT NULL),
    CONSTRAINT ck_users_status CHECK (status IN ('active', 'disabled', 'erasing', 'erased')),
    CONSTRAINT ck_users_token_epoch CHECK (token_epoch >= 0),
    CONSTRAINT ck_users_cred_gen CHECK (cred_gen >= 0),
    CONSTRAINT ck_users_version CHECK (version >= 1),
    CONSTRAINT ck_users_deleted_at CHECK ((status = 'erased') = (deleted_at IS NOT NULL))
);

CREATE TRIGGER trg_users_updated_at
    BEFORE UPDATE ON auth.users
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.users IS 'People who can sign in to any app of the platform.';
COMMENT ON COLUMN auth.users.id IS 'Identifies the row.';
COMMENT ON COLUMN auth.users.name IS 'What the person wants to be called.';
COMMENT ON COLUMN auth.users.email IS 'The address as the person wrote it; mail goes here.';
COMMENT ON COLUMN auth.users.email_norm IS
    'The address in its comparable form: trimmed, NFKC, lower case, the domain in ASCII.';
COMMENT ON COLUMN auth.users.email_verified_at IS
    'When the person proved that the address is theirs; without it there is no sign-in.';
COMMENT ON COLUMN auth.users.phone_e164 IS
    'The telephone number in E.164 form; a claim that is not proven yet waits in phone_verifications.';
COMMENT ON COLUMN auth.users.phone_verified_at IS 'When the person proved that the number is theirs.';
COMMENT ON COLUMN auth.users.status IS 'Where the account is in its life.';
COMMENT ON COLUMN auth.users.token_epoch IS 'Access tokens of an older epoch are refused; raised when roles change.';
COMMENT ON COLUMN auth.users.cred_gen IS
    'Single-use tokens of another generation are refused; raised when credentials change.';
COMMENT ON COLUMN auth.users.last_login_at IS 'When the person last signed in.';
COMMENT ON COLUMN auth.users.version IS
    'Drawn from the counter of the user: entity tag, compare-and-swap value and sync cursor at once.';
COMMENT ON COLUMN auth.users.created_at IS 'When the row was made.';
COMMENT ON COLUMN auth.users.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN auth.users.deleted_at IS 'When the account was erased.';
