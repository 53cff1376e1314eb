//! `schema.sql`, which people read, is what the migrations make.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::Store;
use rusqlite::Connection;
use std::collections::BTreeMap;
use support::{key, raw};

/// What a database consists of, by name, without comments and spaces, and without SQLite's own statistics.
fn parts(connection: &Connection) -> BTreeMap<String, String> {
    connection
        .prepare(
            "SELECT type || ' ' || name, sql FROM sqlite_schema
             WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_stat%'",
        )
        .unwrap()
        .query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                normalised(&row.get::<_, String>(1)?),
            ))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn normalised(sql: &str) -> String {
    sql.lines()
        .map(|line| line.split("--").next().unwrap())
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
        // SQLite quotes a table that was renamed, and sets the columns added to one in its own way.
        .replace('"', "")
        .replace(" ,", ",")
        .replace(" )", ")")
}

#[test]
fn the_documented_schema_is_the_real_one() {
    let documented = Connection::open_in_memory().unwrap();
    documented
        .execute_batch(include_str!("../schema.sql"))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    drop(Store::open(&path, &key()).unwrap());
    let (documented, real) = (parts(&documented), parts(&raw(&path)));
    for (name, sql) in &real {
        assert_eq!(
            documented.get(name),
            Some(sql),
            "change schema.sql together with a migration: {name}"
        );
    }
    assert_eq!(
        documented.len(),
        real.len(),
        "the documented schema has parts that no migration makes"
    );
}

#[test]
fn every_column_of_the_documented_schema_is_strict_and_no_key_is_reused() {
    let documented = Connection::open_in_memory().unwrap();
    documented
        .execute_batch(include_str!("../schema.sql"))
        .unwrap();
    for (name, sql) in parts(&documented) {
        let is_ours = name.starts_with("table ")
            && !name.starts_with("table search")
            && !name.starts_with("table beginning")
            && !name.starts_with("table sqlite_");
        if is_ours {
            assert!(sql.ends_with("STRICT"), "{name} takes any type");
            assert!(
                !sql.contains("INTEGER PRIMARY KEY") || sql.contains("AUTOINCREMENT"),
                "{name} gives the number of a deleted row to another"
            );
        }
    }
}
