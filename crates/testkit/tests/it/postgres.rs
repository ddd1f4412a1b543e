use anyhow::Result;
use encompass_testkit::postgres::{Cluster, shared};
use encompass_testkit::{or_left_out, tls};
use sqlx::{Connection, Executor, PgConnection};

#[tokio::test]
async fn each_database_is_fresh_and_durable() -> Result<()> {
    let Some(server) = or_left_out("postgres", shared().await) else { return Ok(()) };
    let (first, second) = (server.database().await?, server.database().await?);
    assert_ne!(first, second);
    let mut connection = PgConnection::connect(&first).await?;
    let durable: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut connection).await?;
    assert_eq!(durable, "on");
    Ok(())
}

#[tokio::test]
async fn what_was_committed_is_there_after_an_immediate_stop() -> Result<()> {
    let Some(mut cluster) = or_left_out("postgres", Cluster::start().await) else { return Ok(()) };
    let url = cluster.database().await?;
    let mut connection = PgConnection::connect(&url).await?;
    connection.execute("CREATE TABLE kept AS SELECT 1 AS one").await?;
    cluster.stop().await?;
    assert!(PgConnection::connect(&url).await.is_err());
    cluster.start_again().await?;
    let mut connection = PgConnection::connect(&url).await?;
    let one: i32 = sqlx::query_scalar("SELECT one FROM kept").fetch_one(&mut connection).await?;
    assert_eq!(one, 1);
    Ok(())
}

#[tokio::test]
async fn a_secured_server_refuses_a_connection_without_tls() -> Result<()> {
    let ca = tls::Ca::new()?;
    let Some(cluster) = or_left_out("postgres", Cluster::start_secured(&ca).await) else { return Ok(()) };
    let url = cluster.database().await?;
    let in_clear = url.replace("sslmode=verify-full", "sslmode=disable");
    assert_ne!(in_clear, url);
    assert!(PgConnection::connect(&url).await.is_ok());
    assert!(PgConnection::connect(&in_clear).await.is_err());
    Ok(())
}
