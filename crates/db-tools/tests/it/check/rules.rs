//! Rules that every schema keeps: each breach is caught by exactly these lines, and its mend makes it go away.

use atriz_db::Engine;

use super::{Seeded, lines, seeded};

/// Something that breaks a rule, alike on both engines.
struct Breach {
    what: &'static str,
    added: &'static str,
    told: &'static [&'static str],
    /// Whether more has to follow: what is on a table keeps its name when the table gets another one.
    by_hand: bool,
}

const BREACHES: [Breach; 15] = [
    Breach {
        what: "a singular table",
        added: "CREATE TABLE {app}person (UUID(id) NOT NULL, CONSTRAINT pk_person PRIMARY KEY (id)){strict};",
        told: &["table person, name rule: folders is singular; rule persons"],
        by_hand: true,
    },
    Breach {
        what: "a table in mixed case",
        added: "CREATE TABLE {app}\"UserRoles\" (UUID(id) NOT NULL, CONSTRAINT \"pk_UserRoles\" PRIMARY KEY (id)){strict};",
        told: &["table UserRoles, name rule: folders is not snake_case; rule user_roles"],
        by_hand: true,
    },
    Breach {
        what: "a column in mixed case",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, \"isGood\" {int}, CONSTRAINT pk_roles PRIMARY KEY (id)){strict};",
        told: &["column roles.isGood, name rule: folders is not snake_case; rule is_good"],
        by_hand: false,
    },
    Breach {
        what: "a column of other letters",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, \"größe\" {int}, CONSTRAINT pk_roles PRIMARY KEY (id)){strict};",
        told: &[
            "column roles.größe, name rule: folders is not snake_case; rule letters from a to z, digits and single \
                 underscores",
        ],
        by_hand: true,
    },
    Breach {
        what: "a column in the plural",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, permissions text, CONSTRAINT pk_roles PRIMARY KEY (id)){strict};",
        told: &["column roles.permissions, name rule: folders is plural; rule permission"],
        by_hand: false,
    },
    Breach {
        what: "a primary key called otherwise",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, CONSTRAINT roles_pkey PRIMARY KEY (id)){strict};",
        told: &["primary key roles, name rule: folders roles_pkey; rule pk_roles"],
        by_hand: false,
    },
    Breach {
        what: "an index called otherwise",
        added: "CREATE INDEX things_by_state ON {app}things (state);",
        told: &["index things.things_by_state, name rule: folders things_by_state; rule idx_things_state"],
        by_hand: false,
    },
    Breach {
        what: "a check called otherwise",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, CONSTRAINT pk_roles PRIMARY KEY (id), \
                CONSTRAINT roles_id CHECK (id IS NOT NULL)){strict};",
        told: &["check roles.roles_id, name rule: folders roles_id; rule ck_roles"],
        by_hand: false,
    },
    Breach {
        what: "a foreign key called otherwise, and without an index",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, UUID(thing_id), CONSTRAINT pk_roles PRIMARY KEY (id), \
                CONSTRAINT roles_thing FOREIGN KEY (thing_id) REFERENCES {app}owners (id)){strict};",
        told: &[
            "foreign key roles.roles_thing, foreign key unindexed: folders no index leads with thing_id; rule one does, or \
             each delete of the row referred to reads the whole table",
            "foreign key roles.roles_thing, name rule: folders roles_thing; rule fk_roles_owners",
        ],
        by_hand: true,
    },
    Breach {
        what: "a foreign key without an index that leads with it",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, UUID(owner_id), note text, CONSTRAINT pk_roles PRIMARY KEY (id), \
                CONSTRAINT fk_roles_owners FOREIGN KEY (owner_id) REFERENCES {app}owners (id)){strict}; \
                CREATE INDEX idx_roles_note_owner_id ON {app}roles (note, owner_id); \
                CREATE INDEX idx_roles_owner_id_some ON {app}roles (owner_id) WHERE note IS NULL;",
        told: &[
            "foreign key roles.fk_roles_owners, foreign key unindexed: folders no index leads with owner_id; rule one \
                 does, or each delete of the row referred to reads the whole table",
        ],
        by_hand: false,
    },
    Breach {
        what: "a table without a primary key",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, note text){strict};",
        told: &["table roles, primary key absent: folders no primary key; rule each table has one"],
        by_hand: false,
    },
    Breach {
        what: "a table without a primary key, but with a unique key",
        added: "CREATE TABLE {app}roles (code text NOT NULL, note text, CONSTRAINT uq_roles_code UNIQUE (code)){strict};",
        told: &["table roles, primary key absent: folders no primary key; rule each table has one"],
        by_hand: false,
    },
    Breach {
        what: "updated_at that nobody fills",
        added: "CREATE TABLE {app}roles (UUID(id) NOT NULL, updated_at {big}, CONSTRAINT pk_roles PRIMARY KEY (id)){strict};",
        told: &[
            "table roles, updated at unfilled: folders no trigger fills updated_at; rule one does, when a statement left \
                 it as it was",
        ],
        by_hand: false,
    },
    Breach {
        what: "a trigger called otherwise",
        added: "TRIGGER",
        told: &["trigger owners.owners_keep, name rule: folders owners_keep; rule trg_owners"],
        by_hand: true,
    },
    Breach {
        what: "a name of 60 bytes is none too long, and reserved words and Unicode are names",
        added: "CREATE TABLE {app}a23456789_123456789_123456789_123456789_123456789_12345678s (UUID(id) NOT NULL, \"order\" {int}, \
                CONSTRAINT pk_a23456789_123456789_123456789_123456789_123456789_12345678s PRIMARY KEY (id)){strict}; \
                CREATE INDEX \"Größe\" ON {app}owners (born_on);",
        told: &["index owners.Größe, name rule: folders Größe; rule idx_owners_born_on"],
        by_hand: false,
    },
];

#[test]
fn each_breach_is_caught_and_mended() {
    atriz_testing::run(Engine::Postgres, "check::rules", async |_| {
        for breach in &BREACHES {
            let mistake = Seeded { added: breach.added, ..Seeded::default() };
            let workspace = mistake.workspace();
            // That no entity knows the new table is another matter.
            let known = |line: &String| !line.contains("entities nothing");
            let found = seeded(&mistake, &workspace).await.unwrap().findings;
            let told: Vec<String> = lines(&found).into_iter().filter(known).collect();
            assert_eq!(told, breach.told, "{}", breach.what);
            let breaches: Vec<_> = found.into_iter().filter(|finding| finding.right_name == "rule").collect();
            assert!(breaches.iter().all(|finding| !finding.mend.is_empty()), "{}", breach.what);
            if breach.by_hand {
                continue;
            }
            Seeded::mend(&workspace, &breaches);
            let found = seeded(&mistake, &workspace).await.unwrap().findings;
            let left: Vec<String> = lines(&found).into_iter().filter(known).collect();
            assert_eq!(left, Vec::<String>::new(), "{}: {breaches:#?}", breach.what);
        }
    });
}

#[test]
fn a_name_in_two_schemas_and_one_too_long_are_caught() {
    atriz_testing::run(Engine::Postgres, "check::rules_names", async |_| {
        let twice = Seeded {
            postgres: vec![(
                "CREATE VIEW app.open_things",
                "CREATE SCHEMA old; CREATE TABLE old.owners (id uuid NOT NULL, name text NOT NULL CONSTRAINT uq_owners_name UNIQUE, \
                 born_on date, CONSTRAINT pk_owners PRIMARY KEY (id), \
                 CONSTRAINT ck_owners_name CHECK (length(trim(name)) BETWEEN 1 AND 80)); CREATE VIEW app.open_things",
            )],
            ..Seeded::default()
        };
        let workspace = twice.workspace();
        let found = seeded(&twice, &workspace).await.unwrap().findings;
        assert_eq!(
            lines(&found),
            [
                "table owners, table twice: postgres in app and old; rule a name is used once in a database, whatever the schema"
            ]
        );
        assert_eq!(found[0].mend, ["-- postgres", "ALTER TABLE old.owners RENAME TO old_owners"]);

        let long = Seeded {
            sqlite: vec![(
                "idx_things_amount",
                "idx_things_amount_which_is_a_name_that_is_too_long_for_the_other_engine",
            )],
            ..Seeded::default()
        };
        let workspace = long.workspace();
        let found = seeded(&long, &workspace).await.unwrap().findings;
        assert_eq!(
            lines(&found),
            [
                "index things.idx_things_amount, name differs: postgres idx_things_amount; \
             sqlite idx_things_amount_which_is_a_name_that_is_too_long_for_the_other_engine",
                "index things.idx_things_amount_which_is_a_name_that_is_too_long_for_the_other_engine, name too long: \
             sqlite has 71 bytes; rule idx_things_amount_which_is_a_name_that_is_too_long_for_the_othe",
            ]
        );
    });
}
