CREATE TABLE auth.roles (
    id uuid NOT NULL,
    code text NOT NULL,
    app_id uuid,
    name text NOT NULL,
    description text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_roles PRIMARY KEY (id),
    CONSTRAINT fk_roles_apps FOREIGN KEY (app_id) REFERENCES auth.apps (id) ON DELETE RESTRICT,
    CONSTRAINT uq_roles_code UNIQUE (code),
    CONSTRAINT ck_roles_code CHECK (
        length(code) BETWEEN 1 AND 100 AND ltrim(code, 'abcdefghijklmnopqrstuvwxyz0123456789._-') = ''
    ),
    CONSTRAINT ck_roles_name CHECK (length(trim(name)) BETWEEN 1 AND 120)
);

CREATE INDEX idx_roles_app_id ON auth.roles (app_id);

CREATE TRIGGER trg_roles_updated_at
    BEFORE UPDATE ON auth.roles
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.roles IS 'Named sets of permissions.';
COMMENT ON COLUMN auth.roles.id IS 'Identifies the row.';
COMMENT ON COLUMN auth.roles.code IS 'The name that code, tokens and seeds use, such as atriz.admin.';
COMMENT ON COLUMN auth.roles.app_id IS 'The app it belongs to; NULL for a role across all apps.';
COMMENT ON COLUMN auth.roles.name IS 'What people see.';
COMMENT ON COLUMN auth.roles.description IS 'What the role is for.';
COMMENT ON COLUMN auth.roles.created_at IS 'When the row was made.';
COMMENT ON COLUMN auth.roles.updated_at IS 'When the row last changed.';

CREATE TABLE auth.role_permissions (
    role_id uuid NOT NULL,
    permission text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_role_permissions PRIMARY KEY (role_id, permission),
    CONSTRAINT fk_role_permissions_roles FOREIGN KEY (role_id) REFERENCES auth.roles (id) ON DELETE CASCADE,
    CONSTRAINT ck_role_permissions_permission CHECK (
        length(permission) BETWEEN 1 AND 100 AND ltrim(permission, 'abcdefghijklmnopqrstuvwxyz0123456789._-') = ''
    )
);

COMMENT ON TABLE auth.role_permissions IS 'What the holders of a role may do.';
COMMENT ON COLUMN auth.role_permissions.role_id IS 'The role.';
COMMENT ON COLUMN auth.role_permissions.permission IS 'The permission, such as items.moderate.';
COMMENT ON COLUMN auth.role_permissions.created_at IS 'When the row was made.';

CREATE TABLE auth.user_roles (
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    granted_by uuid,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz,
    CONSTRAINT pk_user_roles PRIMARY KEY (user_id, role_id),
    CONSTRAINT fk_user_roles_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT fk_user_roles_roles FOREIGN KEY (role_id) REFERENCES auth.roles (id) ON DELETE RESTRICT,
    CONSTRAINT fk_user_roles_users_granted_by FOREIGN KEY (granted_by) REFERENCES auth.users (id) ON DELETE SET NULL,
    CONSTRAINT ck_user_roles_expires_at CHECK (expires_at > granted_at)
);

CREATE INDEX idx_user_roles_role_id ON auth.user_roles (role_id);

CREATE INDEX idx_user_roles_granted_by ON auth.user_roles (granted_by);

COMMENT ON TABLE auth.user_roles IS 'Who holds which role.';
COMMENT ON COLUMN auth.user_roles.user_id IS 'Who holds the role.';
COMMENT ON COLUMN auth.user_roles.role_id IS 'The role.';
COMMENT ON COLUMN auth.user_roles.granted_by IS
    'Who granted it; NULL when the platform did, or when that account is gone.';
COMMENT ON COLUMN auth.user_roles.granted_at IS 'When it was granted.';
COMMENT ON COLUMN auth.user_roles.expires_at IS 'When it ends; NULL for never.';
