CREATE TABLE role_includes (
    role_id BLOB NOT NULL CONSTRAINT ck_role_includes_role_id_type CHECK (length(role_id) = 16),
    included_id BLOB NOT NULL CONSTRAINT ck_role_includes_included_id_type CHECK (length(included_id) = 16),
    created_at TEXT NOT NULL
        CONSTRAINT ck_role_includes_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_role_includes PRIMARY KEY (role_id, included_id),
    CONSTRAINT fk_role_includes_roles FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE,
    CONSTRAINT fk_role_includes_roles_included_id FOREIGN KEY (included_id)
        REFERENCES roles (id) ON DELETE CASCADE,
    CONSTRAINT ck_role_includes_included_id CHECK (role_id <> included_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_role_includes_included_id ON role_includes (included_id);
