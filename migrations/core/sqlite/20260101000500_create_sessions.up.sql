CREATE TABLE sessions (
    id BLOB NOT NULL CONSTRAINT ck_sessions_id_type CHECK (length(id) = 16),
    user_id BLOB NOT NULL CONSTRAINT ck_sessions_user_id_type CHECK (length(user_id) = 16),
    app_id BLOB NOT NULL CONSTRAINT ck_sessions_app_id_type CHECK (length(app_id) = 16),
    parent_id BLOB CONSTRAINT ck_sessions_parent_id_type CHECK (length(parent_id) = 16),
    cookie_hash BLOB,
    rt_counter INTEGER NOT NULL,
    rt_rotated_at TEXT
        CONSTRAINT ck_sessions_rt_rotated_at_type CHECK (rt_rotated_at GLOB '????-??-??T??:??:??*+00:00'),
    rt_replays INTEGER NOT NULL,
    rt_key_id TEXT,
    auth_time TEXT NOT NULL CONSTRAINT ck_sessions_auth_time_type CHECK (auth_time GLOB '????-??-??T??:??:??*+00:00'),
    amr TEXT NOT NULL CONSTRAINT ck_sessions_amr_type CHECK (json_valid(amr)),
    acr TEXT NOT NULL,
    ip TEXT,
    ua TEXT,
    last_seen_at TEXT NOT NULL
        CONSTRAINT ck_sessions_last_seen_at_type CHECK (last_seen_at GLOB '????-??-??T??:??:??*+00:00'),
    idle_expires_at TEXT NOT NULL
        CONSTRAINT ck_sessions_idle_expires_at_type CHECK (idle_expires_at GLOB '????-??-??T??:??:??*+00:00'),
    absolute_expires_at TEXT NOT NULL
        CONSTRAINT ck_sessions_absolute_expires_at_type CHECK (absolute_expires_at GLOB '????-??-??T??:??:??*+00:00'),
    revoked_at TEXT CONSTRAINT ck_sessions_revoked_at_type CHECK (revoked_at GLOB '????-??-??T??:??:??*+00:00'),
    reason TEXT,
    created_at TEXT NOT NULL
        CONSTRAINT ck_sessions_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_sessions_apps FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE NO ACTION,
    CONSTRAINT fk_sessions_sessions FOREIGN KEY (parent_id) REFERENCES sessions (id) ON DELETE CASCADE,
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
) STRICT;

CREATE INDEX idx_sessions_user_id ON sessions (user_id);

CREATE INDEX idx_sessions_app_id ON sessions (app_id);

CREATE INDEX idx_sessions_parent_id ON sessions (parent_id);

CREATE INDEX idx_sessions_absolute_expires_at ON sessions (absolute_expires_at);
