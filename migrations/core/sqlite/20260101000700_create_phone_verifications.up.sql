CREATE TABLE phone_verifications (
    id BLOB NOT NULL CONSTRAINT ck_phone_verifications_id_type CHECK (length(id) = 16),
    user_id BLOB NOT NULL CONSTRAINT ck_phone_verifications_user_id_type CHECK (length(user_id) = 16),
    purpose TEXT NOT NULL,
    phone_e164 TEXT NOT NULL,
    code_mac BLOB NOT NULL,
    key_id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    expires_at TEXT NOT NULL
        CONSTRAINT ck_phone_verifications_expires_at_type CHECK (expires_at GLOB '????-??-??T??:??:??*+00:00'),
    consumed_at TEXT
        CONSTRAINT ck_phone_verifications_consumed_at_type CHECK (consumed_at GLOB '????-??-??T??:??:??*+00:00'),
    superseded_at TEXT
        CONSTRAINT ck_phone_verifications_superseded_at_type CHECK (superseded_at GLOB '????-??-??T??:??:??*+00:00'),
    created_at TEXT NOT NULL
        CONSTRAINT ck_phone_verifications_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_phone_verifications PRIMARY KEY (id),
    CONSTRAINT fk_phone_verifications_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_phone_verifications_purpose CHECK (purpose IN ('verify_phone', 'sign_in', 'step_up')),
    CONSTRAINT ck_phone_verifications_phone_e164 CHECK (
        length(phone_e164) BETWEEN 8 AND 16 AND substr(phone_e164, 1, 1) = '+'
        AND ltrim(substr(phone_e164, 2), '0123456789') = ''
    ),
    CONSTRAINT ck_phone_verifications_code_mac CHECK (length(code_mac) = 32),
    CONSTRAINT ck_phone_verifications_key_id CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_phone_verifications_attempts CHECK (attempts >= 0),
    CONSTRAINT ck_phone_verifications_expires_at CHECK (expires_at > created_at)
) STRICT;

CREATE UNIQUE INDEX uq_phone_verifications_user_id_purpose ON phone_verifications (user_id, purpose)
    WHERE consumed_at IS NULL AND superseded_at IS NULL;

CREATE INDEX idx_phone_verifications_user_id ON phone_verifications (user_id);

CREATE INDEX idx_phone_verifications_phone_e164_created_at ON phone_verifications (phone_e164, created_at);

CREATE INDEX idx_phone_verifications_expires_at ON phone_verifications (expires_at);
