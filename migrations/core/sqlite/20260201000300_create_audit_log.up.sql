CREATE TABLE audit_log (
    seq INTEGER NOT NULL,
    id BLOB NOT NULL CONSTRAINT ck_audit_log_id_type CHECK (length(id) = 16),
    at TEXT NOT NULL CONSTRAINT ck_audit_log_at_type CHECK (at GLOB '????-??-??T??:??:??*+00:00'),
    actor_id BLOB CONSTRAINT ck_audit_log_actor_id_type CHECK (length(actor_id) = 16),
    actor_kind TEXT NOT NULL,
    subject_id BLOB CONSTRAINT ck_audit_log_subject_id_type CHECK (length(subject_id) = 16),
    app TEXT,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    ip TEXT,
    ua_hash BLOB,
    session_id BLOB CONSTRAINT ck_audit_log_session_id_type CHECK (length(session_id) = 16),
    detail TEXT NOT NULL CONSTRAINT ck_audit_log_detail_type CHECK (json_valid(detail)),
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (seq),
    CONSTRAINT uq_audit_log_id UNIQUE (id),
    CONSTRAINT ck_audit_log_seq CHECK (seq >= 1),
    CONSTRAINT ck_audit_log_actor_kind CHECK (actor_kind IN ('user', 'api_key', 'service', 'system', 'anonymous')),
    CONSTRAINT ck_audit_log_app CHECK (length(app) BETWEEN 1 AND 64),
    CONSTRAINT ck_audit_log_action CHECK (length(action) BETWEEN 1 AND 64),
    CONSTRAINT ck_audit_log_outcome CHECK (outcome IN ('success', 'failure', 'denied')),
    CONSTRAINT ck_audit_log_ip CHECK (length(ip) BETWEEN 2 AND 45),
    CONSTRAINT ck_audit_log_ua_hash CHECK (length(ua_hash) = 32),
    CONSTRAINT ck_audit_log_prev_hash CHECK (length(prev_hash) = 32),
    CONSTRAINT ck_audit_log_hash CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX idx_audit_log_subject_id ON audit_log (subject_id);

CREATE INDEX idx_audit_log_actor_id ON audit_log (actor_id);

CREATE TRIGGER trg_audit_log_append_only_update BEFORE UPDATE ON audit_log
FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'trg_audit_log_append_only_update: the audit log is never changed or deleted');
END;

CREATE TRIGGER trg_audit_log_append_only_delete BEFORE DELETE ON audit_log
FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'trg_audit_log_append_only_delete: the audit log is never changed or deleted');
END;
