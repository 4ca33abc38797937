CREATE TABLE auth_tokens (
    id BLOB NOT NULL CONSTRAINT ck_auth_tokens_id_type CHECK (length(id) = 16),
    purpose TEXT NOT NULL,
    user_id BLOB CONSTRAINT ck_auth_tokens_user_id_type CHECK (length(user_id) = 16),
    cred_gen INTEGER,
    target TEXT,
    token_hash BLOB NOT NULL,
    expires_at TEXT CONSTRAINT ck_auth_tokens_expires_at_type CHECK (expires_at GLOB '????-??-??T??:??:??*+00:00'),
    consumed_at TEXT CONSTRAINT ck_auth_tokens_consumed_at_type CHECK (consumed_at GLOB '????-??-??T??:??:??*+00:00'),
    created_at TEXT NOT NULL
        CONSTRAINT ck_auth_tokens_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_auth_tokens PRIMARY KEY (id),
    CONSTRAINT fk_auth_tokens_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
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
) STRICT;

CREATE INDEX idx_auth_tokens_user_id_purpose ON auth_tokens (user_id, purpose);

CREATE INDEX idx_auth_tokens_expires_at ON auth_tokens (expires_at);
