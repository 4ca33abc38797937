CREATE TABLE auth.auth_tokens (
    id uuid NOT NULL,
    purpose text NOT NULL,
    user_id uuid,
    cred_gen bigint,
    target text,
    token_hash bytea NOT NULL,
    expires_at timestamptz,
    consumed_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_auth_tokens PRIMARY KEY (id),
    CONSTRAINT fk_auth_tokens_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT uq_auth_tokens_token_hash UNIQUE (token_hash),
    CONSTRAINT ck_auth_tokens_purpose CHECK (
        purpose IN ('verify_email', 'change_email', 'reset_password', 'magic',
            'invite', 'auth_code', 'recovery_code')
    ),
    CONSTRAINT ck_auth_tokens_user_id CHECK (user_id IS NOT NULL OR purpose = 'invite'),
    CONSTRAINT ck_auth_tokens_cred_gen CHECK ((cred_gen IS NULL) = (user_id IS NULL)),
    CONSTRAINT ck_auth_tokens_target CHECK (length(target) BETWEEN 1 AND 2048),
    CONSTRAINT ck_auth_tokens_token_hash CHECK (length(token_hash) = 32),
    CONSTRAINT ck_auth_tokens_expires_at CHECK (
        (expires_at IS NOT NULL AND expires_at > created_at)
        OR (expires_at IS NULL AND purpose = 'recovery_code')
    )
);

CREATE INDEX idx_auth_tokens_user_id_purpose ON auth.auth_tokens (user_id, purpose);

CREATE INDEX idx_auth_tokens_expires_at ON auth.auth_tokens (expires_at);

COMMENT ON TABLE auth.auth_tokens IS
    'Single-use secrets, kept as hashes; the write that claims one is what consumes it.';
COMMENT ON COLUMN auth.auth_tokens.id IS 'Identifies the row.';
COMMENT ON COLUMN auth.auth_tokens.purpose IS 'What the token is good for.';
COMMENT ON COLUMN auth.auth_tokens.user_id IS 'Whose token it is; NULL only for an invitation.';
COMMENT ON COLUMN auth.auth_tokens.cred_gen IS 'The generation of credentials it was made under; it dies with that.';
COMMENT ON COLUMN auth.auth_tokens.target IS 'The address it was sent to, or the redirect it is bound to.';
COMMENT ON COLUMN auth.auth_tokens.token_hash IS 'SHA-256 of the token.';
COMMENT ON COLUMN auth.auth_tokens.expires_at IS 'When it ends; NULL only for a recovery code.';
COMMENT ON COLUMN auth.auth_tokens.consumed_at IS 'When it was used.';
COMMENT ON COLUMN auth.auth_tokens.created_at IS 'When the row was made.';
