//! Folders of other tools, as their users write them: three migrations each, the second of which cannot run in a
//! transaction, the third of which comes behind the second only by its number.

use std::path::{Path, PathBuf};

use atriz_testing::Workspace;

/// What each folder says in its own layout.
pub(crate) const LAYOUTS: [&str; 9] =
    ["up-down", "engine-in-name", "simple", "goose", "sql-migrate", "dbmate", "node-pg-migrate", "diesel", "flyway"];

const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);";
const NO_USERS: &str = "DROP TABLE users;";
const INDEX: &str = "CREATE INDEX users_name ON users (name);\nCREATE INDEX users_id ON users (id, name);";
const NO_INDEX: &str = "DROP INDEX users_name;\nDROP INDEX users_id;";
const POSTS: &str = "CREATE TABLE posts (id integer PRIMARY KEY, user_id integer REFERENCES users (id));";
const NO_POSTS: &str = "DROP TABLE posts;";

/// A folder of this layout below a workspace.
pub(crate) fn write(workspace: &Workspace, layout: &str) -> PathBuf {
    let put = |path: &str, text: &str| {
        workspace.file(&format!("theirs/{path}"), text);
    };
    match layout {
        "up-down" => {
            put("000001_users.up.sql", &format!("-- Who there is.\nBEGIN;\n{USERS}\nCOMMIT;\n"));
            put("000001_users.down.sql", NO_USERS);
            put("9_index.up.sql", &format!("-- no-transaction\n{INDEX}"));
            put("9_index.down.sql", NO_INDEX);
            put("10_posts.up.sql", POSTS);
            put("10_posts.down.sql", NO_POSTS);
        }
        "engine-in-name" => {
            put("1_users.up.sql", USERS);
            put("1_users.down.sql", NO_USERS);
            for engine in ["postgres", "sqlite3", "mysql"] {
                put(&format!("9_index.{engine}.up.sql"), &format!("-- for {engine}\n{INDEX}"));
                put(&format!("9_index.{engine}.down.sql"), NO_INDEX);
            }
            put("10_posts.up.sql", "SELECT 'no engine of its own';");
            put("10_posts.postgres.up.sql", POSTS);
            put("10_posts.sqlite.up.sql", POSTS);
            put("10_posts.down.sql", NO_POSTS);
        }
        "simple" => {
            put("20240101000000_users.sql", USERS);
            put("20240101000100_index.sql", &format!("-- no-transaction\n{INDEX}"));
            put("20240101000200_posts.sql", POSTS);
        }
        "goose" => {
            let both = |up: &str, down: &str| format!("-- +goose Up\n{up}\n\n-- +goose Down\n{down}\n");
            put(
                "00001_users.sql",
                &both(&format!("-- +goose StatementBegin\n{USERS}\n-- +goose StatementEnd"), NO_USERS),
            );
            put("00009_index.sql", &format!("-- +goose NO TRANSACTION\n{}", both(INDEX, NO_INDEX)));
            put("10_posts.sql", &both(POSTS, NO_POSTS));
        }
        "sql-migrate" => {
            put("1-users.sql", &format!("\n-- +migrate Up\n{USERS}\n-- +migrate Down\n{NO_USERS}"));
            put("9_index.sql", &format!("-- +migrate Up notransaction\n{INDEX}\n-- +migrate Down\n{NO_INDEX}"));
            put("10_posts.sql", &format!("-- +migrate Up\n{POSTS}\n-- +migrate Down\n{NO_POSTS}"));
        }
        "dbmate" => {
            put("20240101000000_users.sql", &format!("-- migrate:up\n{USERS}\n\n-- migrate:down\n{NO_USERS}\n"));
            put(
                "20240101000100_index.sql",
                &format!("-- migrate:up transaction:false\n{INDEX}\n-- migrate:down\n{NO_INDEX}"),
            );
            put("20240101000200_posts.sql", &format!("-- migrate:up\n{POSTS}\n\n-- migrate:down\n\n"));
        }
        "node-pg-migrate" => {
            put("1704067200000_users.sql", &format!("-- Up Migration\n{USERS}\n-- Down Migration\n{NO_USERS}"));
            put("1704067200001_index.sql", &format!("--- up migration\n{INDEX}\n--- down migration\n{NO_INDEX}"));
            put("1704067260000_posts.sql", &format!("-- Up Migration\n{POSTS}"));
        }
        "diesel" => {
            put("00000000000000_users/up.sql", USERS);
            put("00000000000000_users/down.sql", NO_USERS);
            put("2024-01-01-000100_index/up.sql", INDEX);
            put("2024-01-01-000100_index/down.sql", NO_INDEX);
            put("2024-01-01-000100_index/metadata.toml", "# indexes\nrun_in_transaction = false\n");
            put("2024-01-01-000200_posts/up.sql", POSTS);
            put("2024-01-01-000200_posts/down.sql", NO_POSTS);
        }
        "flyway" => {
            put("V1__users.sql", USERS);
            put("U1__users.sql", NO_USERS);
            put("next/V1.9__index.sql", INDEX);
            put("next/V1.9__index.sql.conf", "executeInTransaction=false\n");
            put("next/U1.9__index.sql", NO_INDEX);
            put("V1_10__posts.sql", POSTS);
        }
        other => unreachable!("no layout {other}"),
    }
    folder(workspace)
}

/// Adds a fourth migration, behind the others, with what a program would have as its newest.
pub(crate) fn add(workspace: &Workspace, layout: &str) {
    let up = "ALTER TABLE posts ADD COLUMN title text;";
    let put = |path: &str, text: &str| {
        workspace.file(&format!("theirs/{path}"), text);
    };
    match layout {
        "up-down" | "engine-in-name" => put("11_title.up.sql", up),
        "simple" => put("20240101000300_title.sql", up),
        "goose" => put("00011_title.sql", &format!("-- +goose Up\n{up}")),
        "sql-migrate" => put("11_title.sql", &format!("-- +migrate Up\n{up}")),
        "dbmate" => put("20240101000300_title.sql", &format!("-- migrate:up\n{up}\n")),
        "node-pg-migrate" => put("1704067320000_title.sql", &format!("-- Up Migration\n{up}")),
        "diesel" => put("2024-01-01-000300_title/up.sql", up),
        "flyway" => put("V2__title.sql", up),
        other => unreachable!("no layout {other}"),
    }
}

/// Where [`write`] writes.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    Path::new(workspace.root()).join("theirs")
}
