CREATE TABLE signing_keys (
    kid TEXT NOT NULL,
    alg TEXT NOT NULL,
    public_key BLOB NOT NULL,
    private_sealed BLOB,
    seal_key_id TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_signing_keys_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    activate_at TEXT NOT NULL
        CONSTRAINT ck_signing_keys_activate_at_type CHECK (activate_at GLOB '????-??-??T??:??:??*+00:00'),
    retire_at TEXT CONSTRAINT ck_signing_keys_retire_at_type CHECK (retire_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_signing_keys_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_signing_keys PRIMARY KEY (kid),
    CONSTRAINT ck_signing_keys_kid CHECK (length(kid) BETWEEN 1 AND 64),
    CONSTRAINT ck_signing_keys_alg CHECK (alg IN ('EdDSA')),
    CONSTRAINT ck_signing_keys_public_key CHECK (length(public_key) = 32),
    CONSTRAINT ck_signing_keys_seal_key_id CHECK (length(seal_key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_signing_keys_state CHECK (state IN ('next', 'active', 'retiring', 'gone')),
    CONSTRAINT ck_signing_keys_private_sealed CHECK (private_sealed IS NOT NULL OR state IN ('retiring', 'gone'))
) STRICT;

CREATE UNIQUE INDEX uq_signing_keys_state ON signing_keys (state) WHERE state = 'active';

CREATE TRIGGER trg_signing_keys_updated_at AFTER UPDATE ON signing_keys FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE signing_keys SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE kid = NEW.kid;
END;
