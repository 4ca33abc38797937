//! The questions to `pg_catalog`. With an empty `search_path` its functions and tables are found all the same, since it is
//! searched first whatever the path says.

/// Namespaces of users.
const OURS: &str = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

/// Rights as pairs of what is there and what would be there had nobody said anything; nothing where nobody did.
fn rights(list: &str, usual: &str) -> String {
    let exploded = |list: &str| {
        format!(
            "(SELECT coalesce(json_agg(json_build_array(x.grantee::bigint, x.privilege_type, x.is_grantable)), '[]') \
             FROM aclexplode({list}) x)"
        )
    };
    let (has, usual) = (exploded(list), exploded(usual));
    format!("CASE WHEN {list} IS NOT NULL THEN json_build_object('has', {has}, 'usual', {usual}) END AS rights")
}

/// Objects that an extension brought along are its own business.
fn no_extension(class: &str, id: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '{class}'::regclass AND e.objid = {id} AND e.deptype = 'e')"
    )
}

fn comment(class: &str, id: &str) -> String {
    format!("LEFT JOIN pg_description m ON m.classoid = '{class}'::regclass AND m.objoid = {id} AND m.objsubid = 0")
}

/// The owner of the database, its app's role and those of its readers go by what they are, not by their names. A role
/// that is called after a database whose name goes on from this one's belongs to that database.
pub(super) const ROLES: &str = "SELECT r.oid::bigint AS id, CASE WHEN r.oid = d.datdba THEN '<owner>' \
    WHEN r.rolname = regexp_replace(o.rolname, '_owner$', '_app') THEN '<app>' \
    WHEN o.rolname LIKE '%\\_owner' AND NOT r.rolcanlogin \
        AND starts_with(r.rolname::text, regexp_replace(o.rolname, 'owner$', '')) \
        AND length(r.rolname) > length(o.rolname) - 5 \
        AND NOT EXISTS (SELECT FROM pg_roles l WHERE l.rolname LIKE '%\\_owner' AND length(l.rolname) > length(o.rolname) \
            AND starts_with(r.rolname::text, regexp_replace(l.rolname, 'owner$', ''))) \
    THEN '<' || substr(r.rolname, length(o.rolname) - 4) || '>' ELSE r.rolname END AS name \
    FROM pg_roles r, pg_database d JOIN pg_roles o ON o.oid = d.datdba WHERE d.datname = current_database()";

pub(super) fn namespaces() -> String {
    format!(
        "SELECT n.nspname AS name, n.nspowner::bigint AS owner, m.description AS comment, {} FROM pg_namespace n {} \
         WHERE {OURS} AND {}",
        rights("n.nspacl", "acldefault('n', n.nspowner)"),
        comment("pg_namespace", "n.oid"),
        no_extension("pg_namespace", "n.oid"),
    )
}

/// That nobody but the owner may call a new function is set by the toolkit itself, and stays whatever a migration does.
pub(super) fn default_rights() -> String {
    let usual = "CASE WHEN a.defaclnamespace = 0 THEN \
                 acldefault(CASE a.defaclobjtype WHEN 'S' THEN 's' ELSE a.defaclobjtype END, a.defaclrole) ELSE acldefault('c', a.defaclrole) END";
    format!(
        "SELECT n.nspname AS namespace, a.defaclrole::bigint AS role, a.defaclobjtype::text AS kind, {} \
         FROM pg_default_acl a LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace \
         JOIN pg_database d ON d.datname = current_database() \
         WHERE NOT (a.defaclnamespace = 0 AND a.defaclobjtype = 'f' AND a.defaclrole = d.datdba)",
        rights("a.defaclacl", usual),
    )
}

pub(super) fn relations() -> String {
    format!(
        "SELECT c.oid::bigint AS id, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, \
         c.relpersistence = 'u' AS unlogged, c.relowner::bigint AS owner, coalesce(c.reloptions, '{{}}') AS options, \
         c.relrowsecurity AS secured, c.relforcerowsecurity AS forced, pg_get_partkeydef(c.oid) AS partition_key, \
         pg_get_expr(c.relpartbound, c.oid) AS bound, i.inhparent::bigint AS parent, m.description AS comment, \
         CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition, {} \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition {} \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {OURS} AND {}",
        rights("c.relacl", "acldefault('r', c.relowner)"),
        comment("pg_class", "c.oid"),
        no_extension("pg_class", "c.oid"),
    )
}

pub(super) fn columns() -> String {
    format!(
        "SELECT a.attrelid::bigint AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, \
         a.attnotnull AS not_null, a.attidentity::text AS identity, a.attgenerated::text AS generated, \
         pg_get_expr(d.adbin, d.adrelid) AS expression, m.description AS comment, \
         CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS collation, {} \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation \
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         LEFT JOIN pg_description m ON m.classoid = 'pg_class'::regclass AND m.objoid = a.attrelid AND m.objsubid = a.attnum \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {OURS} \
         ORDER BY a.attrelid, a.attnum",
        rights("a.attacl", "acldefault('c', c.relowner)"),
    )
}

/// A foreign key to a partitioned table has a shadow for each of its partitions, which hangs on the same table.
pub(super) const CONSTRAINTS: &str = "SELECT k.conrelid::bigint AS relation, k.contypid::bigint AS domain, k.conname AS name, \
    k.contype::text AS kind, fn.nspname AS foreign_schema, fc.relname AS foreign_table, \
    ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY u(number, place) \
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place) AS columns, \
    ARRAY(SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY u(number, place) \
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place) AS referenced, \
    ARRAY(SELECT a.attname FROM unnest(k.confdelsetcols) u(number) \
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY 1) AS set_columns, \
    ARRAY(SELECT a.attname FROM generate_series(i.indnkeyatts, i.indnatts - 1) place \
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = i.indkey[place] ORDER BY place) AS include, \
    coalesce(i.indnullsnotdistinct, false) AS nulls_not_distinct, k.confupdtype::text AS on_update, \
    k.confdeltype::text AS on_delete, k.confmatchtype::text AS matching, k.condeferrable AS deferrable, \
    k.condeferred AS deferred, NOT k.convalidated AS not_valid, k.connoinherit AS no_inherit, \
    pg_get_expr(k.conbin, k.conrelid) AS expression, \
    CASE WHEN k.contype = 'x' OR k.contypid <> 0 THEN pg_get_constraintdef(k.oid) END AS definition, m.description AS comment \
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace \
    LEFT JOIN pg_constraint p ON p.oid = k.conparentid LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype <> 'f' \
    LEFT JOIN pg_class fc ON fc.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace \
    LEFT JOIN pg_description m ON m.classoid = 'pg_constraint'::regclass AND m.objoid = k.oid \
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND p.conrelid IS DISTINCT FROM k.conrelid \
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

/// Indexes that stand behind no constraint. An expression has the collation of the database (100) by itself.
pub(super) const INDEXES: &str = "SELECT i.indrelid::bigint AS relation, c.relname AS name, i.indisunique AS \"unique\", \
    NOT i.indisvalid AS invalid, am.amname AS method, pg_get_expr(i.indpred, i.indrelid) AS predicate, \
    i.indnullsnotdistinct AS nulls_not_distinct, pg_get_indexdef(i.indexrelid) AS definition, m.description AS comment, \
    (SELECT json_agg(json_build_object('key', coalesce(a.attname, pg_get_indexdef(i.indexrelid, place, false)), \
        'expression', i.indkey[place - 1] = 0, 'options', i.indoption[place - 1], \
        'collation', (SELECT l.collname FROM pg_collation l \
            WHERE l.oid = i.indcollation[place - 1] AND l.oid <> coalesce(a.attcollation, 100)), \
        'class', (SELECT o.opcname FROM pg_opclass o WHERE o.oid = i.indclass[place - 1] AND NOT o.opcdefault) \
        ) ORDER BY place) FROM generate_series(1, i.indnkeyatts::int) place \
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place - 1] AND a.attnum <> 0) AS columns, \
    ARRAY(SELECT a.attname FROM generate_series(i.indnkeyatts, i.indnatts - 1) place \
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place] ORDER BY place) AS include \
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_am am ON am.oid = c.relam \
    LEFT JOIN pg_description m ON m.classoid = 'pg_class'::regclass AND m.objoid = i.indexrelid AND m.objsubid = 0 \
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))";

pub(super) const TRIGGERS: &str = "SELECT t.tgrelid::bigint AS relation, t.tgname AS name, pg_get_triggerdef(t.oid) AS definition, \
    t.tgfoid::regproc::text AS function, t.tgenabled::text AS state, m.description AS comment FROM pg_trigger t \
    LEFT JOIN pg_description m ON m.classoid = 'pg_trigger'::regclass AND m.objoid = t.oid WHERE NOT t.tgisinternal";

pub(super) const POLICIES: &str = "SELECT p.polrelid::bigint AS relation, p.polname AS name, p.polcmd::text AS command, \
    p.polpermissive AS permissive, p.polroles::bigint[] AS roles, pg_get_expr(p.polqual, p.polrelid) AS using, \
    pg_get_expr(p.polwithcheck, p.polrelid) AS \"check\", m.description AS comment FROM pg_policy p \
    LEFT JOIN pg_description m ON m.classoid = 'pg_policy'::regclass AND m.objoid = p.oid";

/// The constructors of a range type come and go with it.
pub(super) fn functions() -> String {
    format!(
        "SELECT format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS name, p.prokind::text AS kind, \
         CASE WHEN p.prokind = 'a' THEN (SELECT format('STATE %s BY %s INITIALLY %s', g.aggtranstype::regtype, \
            g.aggtransfn::regproc, g.agginitval) FROM pg_aggregate g WHERE g.aggfnoid = p.oid) \
         ELSE pg_get_functiondef(p.oid) END AS definition, p.proowner::bigint AS owner, m.description AS comment, {} \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace {} WHERE {OURS} AND {} \
         AND NOT EXISTS (SELECT 1 FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')",
        rights("p.proacl", "acldefault('f', p.proowner)"),
        comment("pg_proc", "p.oid"),
        no_extension("pg_proc", "p.oid"),
    )
}

pub(super) fn sequences() -> String {
    format!(
        "SELECT n.nspname AS schema, c.relname AS name, format('%s start %s from %s to %s by %s cache %s%s', \
            s.seqtypid::regtype, s.seqstart, s.seqmin, s.seqmax, s.seqincrement, s.seqcache, \
            CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END) AS definition, c.relowner::bigint AS owner, \
         (SELECT format('%I.%I.%I', tn.nspname, t.relname, a.attname) FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid \
            JOIN pg_namespace tn ON tn.oid = t.relnamespace \
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid \
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass \
            AND d.deptype IN ('a', 'i') LIMIT 1) AS owned_by, m.description AS comment, {} \
         FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace {} \
         WHERE {OURS} AND {}",
        rights("c.relacl", "acldefault('s', c.relowner)"),
        comment("pg_class", "c.oid"),
        no_extension("pg_class", "c.oid"),
    )
}

/// Row types of tables and multiranges come and go with what they belong to.
pub(super) fn types() -> String {
    format!(
        "SELECT t.oid::bigint AS id, n.nspname AS schema, t.typname AS name, t.typtype::text AS kind, \
         t.typowner::bigint AS owner, CASE t.typtype \
            WHEN 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) \
            WHEN 'c' THEN ARRAY(SELECT format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) FROM pg_attribute a \
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) \
            ELSE '{{}}' END AS members, CASE t.typtype \
            WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END \
                || coalesce(' DEFAULT ' || t.typdefault, '') \
            WHEN 'r' THEN (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid) END AS base, \
         m.description AS comment, {} \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid {} \
         WHERE {OURS} AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND {}",
        rights("t.typacl", "acldefault('T', t.typowner)"),
        comment("pg_type", "t.oid"),
        no_extension("pg_type", "t.oid"),
    )
}

/// Every database has plpgsql from the start.
pub(super) const EXTENSIONS: &str = "SELECT e.extname AS name, e.extversion AS version, n.nspname AS namespace \
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'";

pub(super) const OTHERS: &str = "SELECT format('rule %I on %s', r.rulename, r.ev_class::regclass) AS name, \
        pg_get_ruledef(r.oid) AS definition FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class \
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN' \
        AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
    UNION ALL SELECT format('statistics %I.%I', n.nspname, s.stxname), pg_get_statisticsobjdef(s.oid) \
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace \
    UNION ALL SELECT format('event trigger %I', e.evtname), \
        format('%s %s %s %s', e.evtevent, e.evtfoid::regproc, e.evtenabled, e.evttags) FROM pg_event_trigger e";
