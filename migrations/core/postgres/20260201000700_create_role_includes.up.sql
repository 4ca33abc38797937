CREATE TABLE auth.role_includes (
    role_id uuid NOT NULL,
    included_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_role_includes PRIMARY KEY (role_id, included_id),
    CONSTRAINT fk_role_includes_roles FOREIGN KEY (role_id) REFERENCES auth.roles (id) ON DELETE CASCADE,
    CONSTRAINT fk_role_includes_roles_included_id FOREIGN KEY (included_id)
        REFERENCES auth.roles (id) ON DELETE CASCADE,
    CONSTRAINT ck_role_includes_included_id CHECK (role_id <> included_id)
);

CREATE INDEX idx_role_includes_included_id ON auth.role_includes (included_id);

COMMENT ON TABLE auth.role_includes IS 'Which role includes which other one, with all that this permits.';
COMMENT ON COLUMN auth.role_includes.role_id IS 'The role that includes.';
COMMENT ON COLUMN auth.role_includes.included_id IS 'The role that is included.';
COMMENT ON COLUMN auth.role_includes.created_at IS 'When the row was made.';
