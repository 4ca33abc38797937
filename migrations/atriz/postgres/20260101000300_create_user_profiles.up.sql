CREATE TABLE app.user_profiles (
    user_id uuid NOT NULL,
    handle text,
    display_name text NOT NULL,
    bio text NOT NULL,
    avatar_url text,
    locale text NOT NULL,
    home_location_id uuid,
    visibility text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_user_profiles PRIMARY KEY (user_id),
    CONSTRAINT fk_user_profiles_locations FOREIGN KEY (home_location_id)
        REFERENCES master.locations (id) ON DELETE SET NULL,
    CONSTRAINT ck_user_profiles_handle CHECK (
        length(handle) BETWEEN 3 AND 30 AND ltrim(handle, 'abcdefghijklmnopqrstuvwxyz0123456789_') = ''
    ),
    CONSTRAINT ck_user_profiles_display_name CHECK (length(trim(display_name)) BETWEEN 1 AND 80),
    CONSTRAINT ck_user_profiles_bio CHECK (length(bio) <= 2000),
    CONSTRAINT ck_user_profiles_avatar_url CHECK (length(avatar_url) BETWEEN 1 AND 2048),
    CONSTRAINT ck_user_profiles_locale CHECK (length(locale) BETWEEN 2 AND 35),
    CONSTRAINT ck_user_profiles_visibility CHECK (visibility IN ('public', 'members', 'private')),
    CONSTRAINT ck_user_profiles_version CHECK (version >= 1)
);

CREATE UNIQUE INDEX uq_user_profiles_handle ON app.user_profiles (handle) WHERE deleted_at IS NULL;

CREATE INDEX idx_user_profiles_home_location_id ON app.user_profiles (home_location_id);

CREATE TRIGGER trg_user_profiles_updated_at
    BEFORE UPDATE ON app.user_profiles
    FOR EACH ROW EXECUTE FUNCTION app.set_updated_at();

COMMENT ON TABLE app.user_profiles IS 'What a person shows of themselves on the site, made at their first visit.';
COMMENT ON COLUMN app.user_profiles.user_id IS 'The account in the core database.';
COMMENT ON COLUMN app.user_profiles.handle IS 'The name in addresses; NULL until the person picks one.';
COMMENT ON COLUMN app.user_profiles.display_name IS 'What other people see.';
COMMENT ON COLUMN app.user_profiles.bio IS 'What the person says about themselves.';
COMMENT ON COLUMN app.user_profiles.avatar_url IS 'Where their picture is.';
COMMENT ON COLUMN app.user_profiles.locale IS 'The language they read, as a BCP 47 tag.';
COMMENT ON COLUMN app.user_profiles.home_location_id IS 'Where they live, if they say so.';
COMMENT ON COLUMN app.user_profiles.visibility IS 'Who may see the profile.';
COMMENT ON COLUMN app.user_profiles.version IS
    'Drawn from the counter of the person: entity tag, compare-and-swap value and sync cursor at once.';
COMMENT ON COLUMN app.user_profiles.created_at IS 'When the row was made.';
COMMENT ON COLUMN app.user_profiles.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN app.user_profiles.deleted_at IS
    'When the profile was taken down; its handle is free again from then on.';
