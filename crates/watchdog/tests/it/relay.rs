//! The onward TLS policy of `deploy/postfix`, as it stands there, under a real Postfix.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use encompass_testkit::postfix::{Deferred, Relay};
use encompass_testkit::smtp::{Security, Settings, Sink};
use encompass_testkit::{Folder, left_out, or_left_out, project, tls};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::process::Command;

const SOON: Duration = Duration::from_secs(30);

fn postfix() -> PathBuf {
    project::root().join("deploy/postfix")
}

/// Where each domain's mail goes: a server that offers STARTTLS under an authority that nobody knows, one under
/// the test's own, and one that offers none.
struct Servers {
    unknown: Sink,
    valid: Sink,
    bare: Sink,
}

impl Servers {
    async fn start(ca: &tls::Ca) -> Result<Self> {
        let secured = async |ca: &tls::Ca| -> Result<Sink> {
            let security = Security::StartTls(ca.issue(&["localhost"])?);
            Sink::start_with(Settings { security, ..Settings::default() }).await
        };
        let stranger = tls::Ca::new()?;
        Ok(Self { unknown: secured(&stranger).await?, valid: secured(ca).await?, bare: Sink::start().await? })
    }

    /// `onward.cf` with `tls_policy`, and the routes of the test. The policy is looked up by next hop, which
    /// here is a port of this machine: the line that stands for a listed domain names it so.
    fn settings(&self) -> Result<String> {
        let onward = std::fs::read_to_string(postfix().join("onward.cf"))?;
        let policy = postfix().join("tls_policy");
        let hop = |sink: &Sink| format!("[localhost]:{}", sink.port());
        Ok(format!(
            "{onward}\nencompass_tls_policy = inline:{{ {{ [localhost]:{listed} = verify }} }}, regexp:{}\n\
             transport_maps = inline:{{ {{ unknown.example = smtp:{} }}, {{ bare.example = smtp:{} }}, \
             {{ listed.example = smtp:[localhost]:{listed} }} }}",
            policy.display(),
            hop(&self.unknown),
            hop(&self.bare),
            listed = self.valid.port(),
        ))
    }
}

async fn send(client: &AsyncSmtpTransport<Tokio1Executor>, to: &str) -> Result<()> {
    let mail = Message::builder()
        .from("encompass@relay.example".parse()?)
        .to(to.parse()?)
        .subject("A notice waits")
        .body("It opens by its link.\r\n".to_owned())?;
    client.send(mail).await?;
    Ok(())
}

fn client(port: u16, ca: &tls::Ca) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    tls::install_provider();
    let root = Certificate::from_pem(ca.pem().as_bytes())?;
    let parameters =
        TlsParameters::builder("localhost".to_owned()).add_root_certificate(root).build_rustls()?;
    Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("localhost")
        .port(port)
        .tls(Tls::Required(parameters))
        .build())
}

fn reason<'a>(deferred: &'a [Deferred], recipient: &str) -> &'a str {
    deferred.iter().find(|mail| mail.recipient == recipient).map_or("", |mail| &mail.reason)
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing_and_its_mail_waits() -> Result<()> {
    let ca = tls::Ca::new()?;
    let servers = Servers::start(&ca).await?;
    let started =
        Relay::start(&ca, &format!("localhost:{}", servers.valid.port()), &servers.settings()?).await;
    let Some(mut relay) = or_left_out("postfix", started) else { return Ok(()) };
    let client = client(relay.port(), &ca)?;
    for to in ["lead@bare.example", "lead@unknown.example", "lead@listed.example"] {
        send(&client, to).await?;
    }
    let deferred = relay.wait_deferred(1, SOON).await?;
    let why = reason(&deferred, "lead@bare.example");
    assert!(why.contains("TLS is required"), "{why}");
    assert!(servers.unknown.wait_for(1, SOON).await?[0].encrypted, "no list demands its certificate");
    assert!(servers.valid.wait_for(1, SOON).await?[0].encrypted);
    assert_eq!(servers.bare.count(), 0);
    Ok(())
}

#[tokio::test]
async fn a_listed_domain_whose_certificate_is_of_an_unknown_authority_gets_nothing() -> Result<()> {
    let ca = tls::Ca::new()?;
    let mut servers = Servers::start(&ca).await?;
    std::mem::swap(&mut servers.valid, &mut servers.unknown);
    let started =
        Relay::start(&ca, &format!("localhost:{}", servers.bare.port()), &servers.settings()?).await;
    let Some(mut relay) = or_left_out("postfix", started) else { return Ok(()) };
    send(&client(relay.port(), &ca)?, "lead@listed.example").await?;
    let deferred = relay.wait_deferred(1, SOON).await?;
    let why = reason(&deferred, "lead@listed.example");
    assert!(why.contains("Server certificate not "), "{why}");
    assert_eq!(servers.valid.count(), 0);
    Ok(())
}

/// One of Postfix's commands; `None`, said loudly, without Postfix.
async fn tool(name: &str, arguments: &[&str]) -> Result<Option<(String, String)>> {
    let path = Path::new("/usr/sbin").join(name);
    if !path.exists() {
        left_out("postfix", &format!("{name} is missing: run scripts/setup"));
        return Ok(None);
    }
    let output = Command::new(path).args(arguments).output().await?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
    Ok(Some((text(output.stdout), text(output.stderr))))
}

#[tokio::test]
async fn government_domains_must_show_a_valid_certificate_and_no_line_allows_clear_text() -> Result<()> {
    let (policy, folder) = (format!("regexp:{}", postfix().join("tls_policy").display()), Folder::new()?);
    std::fs::write(folder.path().join("main.cf"), "compatibility_level = 3.6\n")?;
    let config = folder.path().display().to_string();
    let cases = [
        ("hertfordshire.gov.uk", "verify"),
        ("gov.uk", "verify"),
        ("nhs.net", "verify"),
        ("exampleshire.police.uk", "verify"),
        ("notgov.uk", ""),
        ("gov.uk.example", ""),
        ("school.example", ""),
    ];
    for (domain, level) in cases {
        let Some((found, _)) = tool("postmap", &["-c", &config, "-q", domain, &policy]).await? else {
            return Ok(());
        };
        assert_eq!(found, level, "{domain}");
    }
    for file in ["main.cf", "onward.cf", "tls_policy"] {
        let text = std::fs::read_to_string(postfix().join(file))?;
        let settings = text.lines().filter(|line| !line.starts_with('#'));
        let loose: Vec<_> = settings
            .filter(|line| {
                line.split([' ', '=']).any(|word| ["may", "none", "dane", "fingerprint"].contains(&word))
            })
            .collect();
        assert!(loose.is_empty(), "{file}: {loose:?}");
    }
    Ok(())
}

#[tokio::test]
async fn postfix_knows_every_setting() -> Result<()> {
    let folder = Folder::new()?;
    let read = |file| std::fs::read_to_string(postfix().join(file));
    let policy = "\nencompass_tls_policy = regexp:/etc/postfix/tls_policy\n";
    std::fs::write(folder.path().join("main.cf"), read("main.cf")? + &read("onward.cf")? + policy)?;
    std::fs::write(folder.path().join("master.cf"), read("master.cf")?)?;
    let arguments = ["-c", &folder.path().display().to_string(), "-n"];
    let Some((settings, warnings)) = tool("postconf", &arguments).await? else { return Ok(()) };
    assert!(settings.contains("smtp_tls_security_level = encrypt"), "{settings}");
    assert_eq!(warnings, "");
    Ok(())
}
