CREATE TABLE roles (
    id BLOB NOT NULL CONSTRAINT ck_roles_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    app_id BLOB CONSTRAINT ck_roles_app_id_type CHECK (length(app_id) = 16),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TEXT NOT NULL CONSTRAINT ck_roles_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL CONSTRAINT ck_roles_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_roles PRIMARY KEY (id),
    CONSTRAINT fk_roles_apps FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE NO ACTION,
    CONSTRAINT uq_roles_code UNIQUE (code),
    CONSTRAINT ck_roles_code CHECK (
        length(code) BETWEEN 1 AND 100 AND ltrim(code, 'abcdefghijklmnopqrstuvwxyz0123456789._-') = ''
    ),
    CONSTRAINT ck_roles_name CHECK (length(trim(name)) BETWEEN 1 AND 120)
) STRICT;

CREATE INDEX idx_roles_app_id ON roles (app_id);

CREATE TRIGGER trg_roles_updated_at AFTER UPDATE ON roles FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE roles SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;

CREATE TABLE role_permissions (
    role_id BLOB NOT NULL CONSTRAINT ck_role_permissions_role_id_type CHECK (length(role_id) = 16),
    permission TEXT NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_role_permissions_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_role_permissions PRIMARY KEY (role_id, permission),
    CONSTRAINT fk_role_permissions_roles FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE,
    CONSTRAINT ck_role_permissions_permission CHECK (
        length(permission) BETWEEN 1 AND 100 AND ltrim(permission, 'abcdefghijklmnopqrstuvwxyz0123456789._-') = ''
    )
) STRICT, WITHOUT ROWID;

CREATE TABLE user_roles (
    user_id BLOB NOT NULL CONSTRAINT ck_user_roles_user_id_type CHECK (length(user_id) = 16),
    role_id BLOB NOT NULL CONSTRAINT ck_user_roles_role_id_type CHECK (length(role_id) = 16),
    granted_by BLOB CONSTRAINT ck_user_roles_granted_by_type CHECK (length(granted_by) = 16),
    granted_at TEXT NOT NULL
        CONSTRAINT ck_user_roles_granted_at_type CHECK (granted_at GLOB '????-??-??T??:??:??*+00:00'),
    expires_at TEXT CONSTRAINT ck_user_roles_expires_at_type CHECK (expires_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_user_roles PRIMARY KEY (user_id, role_id),
    CONSTRAINT fk_user_roles_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_user_roles_roles FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE NO ACTION,
    CONSTRAINT fk_user_roles_users_granted_by FOREIGN KEY (granted_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT ck_user_roles_expires_at CHECK (expires_at > granted_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_user_roles_role_id ON user_roles (role_id);

CREATE INDEX idx_user_roles_granted_by ON user_roles (granted_by);
