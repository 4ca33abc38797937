//! What a cluster offers while it runs.

use std::fs;
use std::os::unix::fs::MetadataExt;

use atriz_db_tools::cluster::{Cluster, ClusterError, Options};

use super::support::{apart, ask, home, names, open_folder, run};

#[tokio::test]
async fn a_cluster_answers() {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start(Options::default())).await.unwrap().unwrap();
    assert_eq!(ask(&cluster.url("postgres"), "SELECT '1'").await, "1");
    assert_eq!(
        ask(&cluster.url("template1"), "SELECT current_user || '@' || current_database()").await,
        "postgres@template1"
    );
    assert_eq!(ask(&cluster.url("postgres"), "SHOW listen_addresses").await, "");
    assert_eq!(ask(&cluster.url("postgres"), "SHOW fsync").await, "off");
    assert_eq!(ask(&cluster.url("postgres"), "SHOW server_encoding").await, "UTF8");
    assert!(cluster.programs().unwrap().join("initdb").is_file());
    assert!(cluster.server().starts_with("PostgreSQL "), "{}", cluster.server());
}

#[tokio::test]
async fn a_second_cluster_is_quick_and_independent() {
    let folder = open_folder();
    let first = Cluster::start(apart(&folder)).unwrap();
    let template = || home(&folder).join(names(&home(&folder), "template-").pop().unwrap());
    let made = fs::metadata(template()).unwrap().ino();
    let second = Cluster::start(apart(&folder)).unwrap();
    // What takes long is initdb. Wall time would say more about the load of this machine.
    assert_eq!(fs::metadata(template()).unwrap().ino(), made, "the data folder was made twice");
    run(&first.url("postgres"), "CREATE TABLE t ()").await;
    let count = "SELECT count(*)::text FROM pg_class WHERE relname = 't'";
    assert_eq!(ask(&first.url("postgres"), count).await, "1");
    assert_eq!(ask(&second.url("postgres"), count).await, "0");
    drop(first);
    assert_eq!(ask(&second.url("postgres"), count).await, "0");
}

#[test]
fn a_process_shares_one_cluster() {
    let first = Cluster::shared().unwrap();
    assert!(std::ptr::eq(first, Cluster::shared().unwrap()));
}

#[tokio::test]
async fn tcp_is_there_when_asked_for() {
    let cluster = Cluster::start(Options { tcp: true, max_connections: 33, ..Options::default() }).unwrap();
    let url = cluster.url("postgres");
    assert_eq!(url, format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port()));
    assert_eq!(ask(&url, "SHOW max_connections").await, "33");
    let by_socket = format!("{url}?host={}", cluster.socket_dir().unwrap().display());
    assert_eq!(ask(&by_socket, "SHOW port").await, cluster.port().to_string());
}

#[tokio::test]
async fn a_durable_cluster_flushes() {
    let cluster = Cluster::start(Options { durable: true, ..Options::default() }).unwrap();
    for setting in ["fsync", "full_page_writes", "synchronous_commit", "autovacuum"] {
        assert_eq!(ask(&cluster.url("postgres"), &format!("SHOW {setting}")).await, "on", "{setting}");
    }
}

#[tokio::test]
async fn a_damaged_cache_is_made_anew() {
    let folder = open_folder();
    drop(Cluster::start(apart(&folder)).unwrap());
    let template = names(&home(&folder), "template-").pop().unwrap();
    fs::remove_file(home(&folder).join(template).join("global/pg_control")).unwrap();
    let cluster = Cluster::start(apart(&folder)).unwrap();
    assert_eq!(ask(&cluster.url("postgres"), "SELECT '1'").await, "1");
}

#[test]
fn a_folder_under_our_name_that_is_not_ours_is_refused() {
    let folder = open_folder();
    drop(Cluster::start(apart(&folder)).unwrap());
    let home = home(&folder);
    fs::remove_dir_all(&home).unwrap();
    std::os::unix::fs::symlink("/tmp", &home).unwrap();
    let error = Cluster::start(apart(&folder)).unwrap_err();
    assert!(matches!(error, ClusterError::NoFolder { .. }), "{error}");
    assert!(error.to_string().contains("others can write"), "{error}");
}

#[test]
fn a_server_that_ends_while_starting_is_quoted() {
    let folder = open_folder();
    let error = Cluster::start(Options { max_connections: 0, ..apart(&folder) }).unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, ClusterError::Ended { .. }), "{message}");
    assert!(message.contains("FATAL:  0 is outside the valid range") && !message.contains('\n'), "{message}");
    assert_eq!(names(&home(&folder), &std::process::id().to_string()), [""; 0]);
}

#[test]
fn a_path_too_long_for_a_socket_is_refused() {
    let folder = open_folder();
    let long = folder.path().join("x".repeat(80));
    fs::create_dir(&long).unwrap();
    let error = Cluster::start(Options { directory: Some(long), ..Options::default() }).unwrap_err();
    assert!(error.to_string().contains("too long a path for a socket"), "{error}");
}
