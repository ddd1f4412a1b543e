use std::time::Duration;

use anyhow::Result;
use encompass_testkit::webhook::{Answer, Receiver};
use encompass_testkit::{http, tls};

#[tokio::test]
async fn requests_are_recorded_and_answered_by_script() -> Result<()> {
    let ca = tls::Ca::new()?;
    let receiver = Receiver::start(&ca.issue(&["localhost"])?).await?;
    receiver.answer([Answer::Status(503), Answer::Redirect("https://elsewhere.example/".into())]);
    let client = http::client_trusting(&ca)?;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let request = client.post(receiver.url("localhost")).header("webhook-id", "msg_1").body("{}");
        statuses.push(request.send().await?.status().as_u16());
    }
    assert_eq!(statuses, [503, 302, 204]);
    let requests = receiver.wait_for(3, Duration::from_secs(5)).await?;
    assert!(requests.iter().all(|request| request.headers["webhook-id"] == "msg_1" && request.body == b"{}"));
    Ok(())
}

#[tokio::test]
async fn a_client_that_does_not_know_the_authority_is_not_served() -> Result<()> {
    let receiver = Receiver::start(&tls::Ca::new()?.issue(&["localhost"])?).await?;
    assert!(http::client()?.post(receiver.url("localhost")).send().await.is_err());
    assert!(receiver.requests().is_empty());
    Ok(())
}
