DROP TABLE auth.audit_log;

DROP FUNCTION auth.refuse_change();
