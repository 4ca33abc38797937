CREATE TABLE auth.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    app_id uuid NOT NULL,
    parent_id uuid,
    cookie_hash bytea,
    rt_counter bigint NOT NULL,
    rt_rotated_at timestamptz,
    rt_replays integer NOT NULL,
    rt_key_id text,
    auth_time timestamptz NOT NULL,
    amr jsonb NOT NULL,
    acr text NOT NULL,
    ip text,
    ua text,
    last_seen_at timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    absolute_expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    reason text,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT fk_sessions_apps FOREIGN KEY (app_id) REFERENCES auth.apps (id) ON DELETE RESTRICT,
    CONSTRAINT fk_sessions_sessions FOREIGN KEY (parent_id) REFERENCES auth.sessions (id) ON DELETE CASCADE,
    CONSTRAINT uq_sessions_cookie_hash UNIQUE (cookie_hash),
    CONSTRAINT ck_sessions_cookie_hash CHECK (length(cookie_hash) = 32),
    CONSTRAINT ck_sessions_rt_counter CHECK (rt_counter >= 0),
    CONSTRAINT ck_sessions_rt_replays CHECK (rt_replays >= 0),
    CONSTRAINT ck_sessions_rt_key_id CHECK (length(rt_key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_sessions_acr CHECK (length(acr) BETWEEN 1 AND 64),
    CONSTRAINT ck_sessions_ip CHECK (length(ip) BETWEEN 2 AND 45),
    CONSTRAINT ck_sessions_ua CHECK (length(ua) <= 512),
    CONSTRAINT ck_sessions_idle_expires_at CHECK (idle_expires_at <= absolute_expires_at),
    CONSTRAINT ck_sessions_reason CHECK (
        (reason IS NULL) = (revoked_at IS NULL) AND (reason IS NULL OR length(reason) BETWEEN 1 AND 64)
    )
) WITH (fillfactor = 70);

CREATE INDEX idx_sessions_user_id ON auth.sessions (user_id);

CREATE INDEX idx_sessions_app_id ON auth.sessions (app_id);

CREATE INDEX idx_sessions_parent_id ON auth.sessions (parent_id);

CREATE INDEX idx_sessions_absolute_expires_at ON auth.sessions (absolute_expires_at);

COMMENT ON TABLE auth.sessions IS 'Signed-in devices, one row per person, device and app.';
COMMENT ON COLUMN auth.sessions.id IS 'Identifies the session; it stands in tokens as sid and is no secret.';
COMMENT ON COLUMN auth.sessions.user_id IS 'Who is signed in.';
COMMENT ON COLUMN auth.sessions.app_id IS 'The app they are signed in to.';
COMMENT ON COLUMN auth.sessions.parent_id IS
    'The session of the sign-in portal this one was derived from; revoking that revokes this.';
COMMENT ON COLUMN auth.sessions.cookie_hash IS
    'SHA-256 of the session cookie; NULL for a client that holds tokens instead.';
COMMENT ON COLUMN auth.sessions.rt_counter IS 'The number of the refresh token that is valid now.';
COMMENT ON COLUMN auth.sessions.rt_rotated_at IS 'When that refresh token was issued; NULL before the first refresh.';
COMMENT ON COLUMN auth.sessions.rt_replays IS
    'How often the previous refresh token was shown again within the grace period.';
COMMENT ON COLUMN auth.sessions.rt_key_id IS
    'Which master key the refresh tokens are derived from; NULL when there are none.';
COMMENT ON COLUMN auth.sessions.auth_time IS 'When the person last proved who they are.';
COMMENT ON COLUMN auth.sessions.amr IS 'How they proved it: a list of method names.';
COMMENT ON COLUMN auth.sessions.acr IS 'How strong that proof was.';
COMMENT ON COLUMN auth.sessions.ip IS 'The address of the client at sign-in.';
COMMENT ON COLUMN auth.sessions.ua IS 'The user agent of the client at sign-in.';
COMMENT ON COLUMN auth.sessions.last_seen_at IS 'When the session was last used, written at most once a minute.';
COMMENT ON COLUMN auth.sessions.idle_expires_at IS 'When it ends unless it is used before.';
COMMENT ON COLUMN auth.sessions.absolute_expires_at IS 'When it ends however much it is used.';
COMMENT ON COLUMN auth.sessions.revoked_at IS 'When it was ended early.';
COMMENT ON COLUMN auth.sessions.reason IS 'Why it was ended early, as a short code.';
COMMENT ON COLUMN auth.sessions.created_at IS 'When the row was made.';
