CREATE TABLE user_profiles (
    user_id BLOB NOT NULL CONSTRAINT ck_user_profiles_user_id_type CHECK (length(user_id) = 16),
    handle TEXT,
    display_name TEXT NOT NULL,
    bio TEXT NOT NULL,
    avatar_url TEXT,
    locale TEXT NOT NULL,
    home_location_id BLOB CONSTRAINT ck_user_profiles_home_location_id_type CHECK (length(home_location_id) = 16),
    visibility TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_user_profiles_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_user_profiles_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    deleted_at TEXT CONSTRAINT ck_user_profiles_deleted_at_type CHECK (deleted_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_user_profiles PRIMARY KEY (user_id),
    CONSTRAINT fk_user_profiles_locations FOREIGN KEY (home_location_id) REFERENCES locations (id) ON DELETE SET NULL,
    CONSTRAINT ck_user_profiles_handle CHECK (
        length(handle) BETWEEN 3 AND 30 AND ltrim(handle, 'abcdefghijklmnopqrstuvwxyz0123456789_') = ''
    ),
    CONSTRAINT ck_user_profiles_display_name CHECK (length(trim(display_name)) BETWEEN 1 AND 80),
    CONSTRAINT ck_user_profiles_bio CHECK (length(bio) <= 2000),
    CONSTRAINT ck_user_profiles_avatar_url CHECK (length(avatar_url) BETWEEN 1 AND 2048),
    CONSTRAINT ck_user_profiles_locale CHECK (length(locale) BETWEEN 2 AND 35),
    CONSTRAINT ck_user_profiles_visibility CHECK (visibility IN ('public', 'members', 'private')),
    CONSTRAINT ck_user_profiles_version CHECK (version >= 1)
) STRICT;

CREATE UNIQUE INDEX uq_user_profiles_handle ON user_profiles (handle) WHERE deleted_at IS NULL;

CREATE INDEX idx_user_profiles_home_location_id ON user_profiles (home_location_id);

CREATE TRIGGER trg_user_profiles_updated_at AFTER UPDATE ON user_profiles FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE user_profiles SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE user_id = NEW.user_id;
END;
