CREATE TABLE user_credentials (
    user_id BLOB NOT NULL CONSTRAINT ck_user_credentials_user_id_type CHECK (length(user_id) = 16),
    phc TEXT NOT NULL,
    pepper_id TEXT NOT NULL,
    norm_version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_user_credentials_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_user_credentials_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_user_credentials PRIMARY KEY (user_id),
    CONSTRAINT fk_user_credentials_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_user_credentials_phc CHECK (length(phc) BETWEEN 1 AND 512 AND phc LIKE '$%'),
    CONSTRAINT ck_user_credentials_pepper_id CHECK (length(pepper_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_user_credentials_norm_version CHECK (norm_version >= 1)
) STRICT;

CREATE TRIGGER trg_user_credentials_updated_at AFTER UPDATE ON user_credentials FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE user_credentials SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE user_id = NEW.user_id;
END;
