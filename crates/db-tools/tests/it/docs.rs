//! The pages of databases.

use std::fs;
use std::path::Path;

use atriz_db::catalog::OnErase;
use atriz_db::{Catalog, Descriptor, Engine};
use atriz_db_tools::docs::{Docs, DocsRequest, Standing, docs};
use atriz_db_tools::scratch::Server;
use atriz_testing::Workspace;

const SCHEMA: &str = "20260101000000_create_schemas";
const THINGS: &str = "20260101000100_create_things";

const USERS: &str = "CREATE TABLE {app}users (id {uuid} NOT NULL CONSTRAINT pk_users PRIMARY KEY);";

const ODD: &str = r#"
CREATE SCHEMA "odd|schema";
CREATE TABLE "odd|schema"."Mixed | Case" (
    "PK" integer NOT NULL CONSTRAINT "pk.odd" PRIMARY KEY,
    "Größe, cm" numeric(12, 2) DEFAULT 1.5,
    "say ""hi""" text NOT NULL DEFAULT 'a|b`c',
    "2nd" timestamptz,
    "say 'hi'" text,
    user_id uuid NOT NULL,
    CONSTRAINT "check (odd)" CHECK ("PK" > 0 OR "say ""hi""" LIKE '%|%'),
    CONSTRAINT "uq ""odd""" UNIQUE ("PK", "Größe, cm", "say ""hi""")
) PARTITION BY HASH ("PK");
CREATE TABLE "odd|schema".a_part PARTITION OF "odd|schema"."Mixed | Case" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
COMMENT ON TABLE "odd|schema"."Mixed | Case" IS '# Not a heading; <b>|</b> *stars* `code` [link](x) & user_id
on two lines';
COMMENT ON COLUMN "odd|schema"."Mixed | Case"."Größe, cm" IS 'In centimetres | not inches.';
CREATE INDEX "idx|odd" ON "odd|schema"."Mixed | Case" ("2nd" DESC NULLS LAST, lower("say ""hi""")) INCLUDE (user_id)
    WHERE "say ""hi""" <> 'a|b';
CREATE TABLE app."select" (
    "from" integer CONSTRAINT "fk-odd" REFERENCES "odd|schema"."Mixed | Case" ("PK") ON DELETE SET NULL ON UPDATE CASCADE,
    "one" integer GENERATED ALWAYS AS IDENTITY,
    twice integer GENERATED ALWAYS AS ("from" * 2) STORED
);
CREATE TABLE app."日本" ("名前" text, CONSTRAINT "pk日本" PRIMARY KEY ("名前"));
CREATE FUNCTION app."do it"("a|b" text) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1::text $$;
"#;

const ODD_TRIGGERS: &str = r#"
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER "on | odd" BEFORE INSERT OR UPDATE OF "from" ON app."select" FOR EACH ROW WHEN (NEW."from" > 1)
    EXECUTE FUNCTION app.touch('a|b');
ALTER TABLE app."日本" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "p|1" ON app."日本" FOR SELECT USING ("名前" = 'a|b');
CREATE VIEW app."a view" AS SELECT "名前" FROM app."日本";
CREATE TYPE app.mood AS ENUM ('good|bad', 'so so');
COMMENT ON TYPE app.mood IS 'How one is.';
"#;

fn databases(workspace: &Workspace) -> Catalog {
    let down = "-- atriz: irreversible \"a test\"\n";
    workspace
        .migration_only(Engine::Postgres, "core", SCHEMA, "CREATE SCHEMA app;", "DROP SCHEMA app;")
        .migration("core", THINGS, USERS, "DROP TABLE {app}users;")
        .migration_only(Engine::Postgres, "odd", SCHEMA, "CREATE SCHEMA app;", "DROP SCHEMA app;")
        .migration_only(Engine::Postgres, "odd", THINGS, &format!("{ODD}{ODD_TRIGGERS}"), down)
        .migration_on(
            Engine::Sqlite,
            "odd",
            THINGS,
            "CREATE TABLE \"日本\" (\"名前\" TEXT); CREATE VIRTUAL TABLE \"find|it\" USING fts5 (words);",
            "DROP TABLE \"日本\"; DROP TABLE \"find|it\";",
        );
    let odd = workspace.descriptor("odd").after("core").schema("odd|schema");
    let users = ("core", "users");
    let odd = odd.reference("Mixed | Case", "user_id", users, OnErase::Retain("the law | says so".to_owned()));
    Catalog::new(vec![workspace.descriptor("core"), odd]).unwrap()
}

async fn pages(catalog: &Catalog, folder: &Path, names: &[&str]) -> Docs {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let request = DocsRequest {
        catalog: catalog.clone(),
        databases: catalog.plan(&names).unwrap().databases,
        folder: folder.to_path_buf(),
        server: Some(Server::of_tests().await.unwrap()),
    };
    docs(request).await.unwrap()
}

fn standings(docs: &Docs) -> Vec<(&str, Standing)> {
    docs.pages.iter().map(|page| (page.file.as_str(), page.standing)).collect()
}

#[test]
fn odd_names_are_shown_as_they_are() {
    atriz_testing::run(Engine::Postgres, "docs::odd_names", |_| async {
        let workspace = Workspace::new();
        let catalog = databases(&workspace);
        let docs = pages(&catalog, &workspace.root().join("docs"), &[]).await;
        let text = |file: &str| docs.pages.iter().find(|page| page.file == file).unwrap().text.clone();
        insta::assert_snapshot!("page_of_odd_names", text("odd.md"));
        insta::assert_snapshot!("page_that_is_referred_to", text("core.md"));
        insta::assert_snapshot!("first_page", text("README.md"));
    });
}

#[test]
fn stale_missing_and_extra_pages_are_told_apart_and_mended() {
    atriz_testing::run(Engine::Postgres, "docs::stale", |_| async {
        let workspace = Workspace::new();
        let catalog = databases(&workspace);
        let folder = workspace.root().join("docs/schema");
        let first = pages(&catalog, &folder, &[]).await;
        let missing = Standing::Missing;
        assert_eq!(standings(&first), [("README.md", missing), ("core.md", missing), ("odd.md", missing)]);
        assert!(!folder.exists(), "nothing is written before it is asked for");
        first.write().unwrap();
        assert_eq!(pages(&catalog, &folder, &[]).await.wrong().count(), 0);

        fs::copy(folder.join("odd.md"), folder.join("gone.md")).unwrap();
        fs::write(folder.join("own.md"), "# Somebody's own\n").unwrap();
        fs::remove_file(folder.join("README.md")).unwrap();
        let core = fs::read_to_string(folder.join("core.md")).unwrap();
        fs::write(folder.join("core.md"), core.replace("uuid", "text")).unwrap();
        let odd = fs::read_to_string(folder.join("odd.md")).unwrap();
        fs::write(folder.join("odd.md"), odd.replace('\n', "\r\n")).unwrap();
        let wrong = pages(&catalog, &folder, &[]).await;
        let expected = [
            ("README.md", Standing::Missing),
            ("core.md", Standing::Stale),
            ("gone.md", Standing::Extra),
            ("odd.md", Standing::Fresh),
        ];
        assert_eq!(standings(&wrong), expected);
        wrong.write().unwrap();
        assert_eq!(fs::read_to_string(folder.join("core.md")).unwrap(), core);
        assert!(folder.join("own.md").exists() && !folder.join("gone.md").exists());

        let one = pages(&catalog, &folder, &["core"]).await;
        assert_eq!(standings(&one), [("README.md", Standing::Fresh), ("core.md", Standing::Fresh)]);
    });
}

#[test]
fn a_migration_that_fails_is_named() {
    atriz_testing::run(Engine::Postgres, "docs::fails", |_| async {
        let workspace = Workspace::new();
        workspace.migration(
            "core",
            THINGS,
            "CREATE TABLE things (id {int}); SELECT nothing FROM nowhere;",
            "DROP TABLE things;",
        );
        let database: Descriptor = workspace.descriptor("core");
        let catalog = Catalog::new(vec![database]).unwrap();
        let request = DocsRequest {
            databases: catalog.databases().to_vec(),
            catalog,
            folder: workspace.root().join("docs"),
            server: Some(Server::of_tests().await.unwrap()),
        };
        let error = docs(request).await.unwrap_err();
        let told = error.to_string();
        assert!(told.starts_with("the folder of core on ") && told.contains(" does not replay: "), "{told}");
        assert!(told.contains("20260101000100_create_things.up.sql") && told.contains("nowhere"), "{told}");
    });
}

/// Beyond what Mermaid draws in one picture, the details go first, and then the picture is cut.
#[test]
fn large_databases_get_several_diagrams() {
    atriz_testing::run(Engine::Postgres, "docs::large", |_| async {
        let workspace = Workspace::new();
        let columns: Vec<String> = (0..6).map(|column| format!("column_{column} {{int}}")).collect();
        let columns = columns.join(", ");
        let table = |number: usize| {
            format!(
                "CREATE TABLE {{app}}t{number} (id {{int}} NOT NULL PRIMARY KEY, t0_id {{int}} REFERENCES {{app}}t0 (id), \
                 {columns});\n"
            )
        };
        let sql: String = (0..400).map(table).collect();
        workspace.migration_only(Engine::Postgres, "core", SCHEMA, "CREATE SCHEMA app;", "DROP SCHEMA app;").migration(
            "core",
            THINGS,
            &sql,
            "-- atriz: irreversible \"a test\"\n",
        );
        let catalog = Catalog::new(vec![workspace.descriptor("core")]).unwrap();
        let docs = pages(&catalog, &workspace.root().join("docs"), &[]).await;
        let text = &docs.pages.iter().find(|page| page.file == "core.md").unwrap().text;
        let pictures: Vec<&str> =
            text.split("```mermaid\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(pictures.len(), 2);
        assert!(pictures.iter().all(|picture| picture.len() <= 45_000 && picture.matches("--o{").count() <= 250));
        assert!(text.contains("## Diagram, 1 of 2"));
    });
}
