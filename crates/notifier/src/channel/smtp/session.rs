//! One session with a relay: signed in once, used for many mails.

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials as SignIn, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::Instant;

use super::config::Credentials;
use super::mail::Prepared;
use super::reply::{CLOSING, Reply, Stage, outcome};
use super::wire::Wire;
use crate::channel::{Class, Outcome};

pub(super) struct Session {
    connection: AsyncSmtpConnection,
    /// The relay takes MAIL, RCPT and DATA in one packet (RFC 2920).
    pipelining: bool,
    /// Mails tried on it.
    used: u64,
    /// When it was last given back.
    pub(super) idle_since: Instant,
}

/// What one mail on a session came to, and whether the session can be used again.
pub(super) enum Fate {
    /// Settled; the session waits for the next mail.
    Kept(Outcome),
    /// Settled; the session is over.
    Ended(Outcome),
    /// The session had been closed while it was idle: nothing was said on it about this mail.
    Stale,
}

/// Why a mail was not let in.
struct Refusal {
    reply: Reply,
    stage: Stage,
    /// The session can take another mail after RSET.
    reusable: bool,
}

/// One of the commands before the content: at which stage it stands and the hundreds of the reply that takes it.
#[derive(Clone, Copy)]
struct Step {
    stage: Stage,
    hundreds: u16,
}

impl Step {
    fn takes(self, reply: Reply) -> bool {
        matches!(reply, Reply::Positive(code) if code.status / 100 == self.hundreds)
    }
}

/// MAIL, RCPT, DATA (RFC 5321, section 4.3.2).
const STEPS: [Step; 3] = [
    Step { stage: Stage::Session, hundreds: 2 },
    Step { stage: Stage::Recipient, hundreds: 2 },
    Step { stage: Stage::Recipient, hundreds: 3 },
];

impl Session {
    pub(super) async fn open(
        wire: Wire,
        hello: &ClientId,
        credentials: Option<&Credentials>,
    ) -> Result<Session, Outcome> {
        let opened = AsyncSmtpConnection::connect_with_transport(Box::new(wire), hello).await;
        let mut connection = opened.map_err(|error| refused(Reply::read(Err(error)), Class::Network))?;
        // Asked again, since lettre does not keep what it does not use itself.
        let offers = connection.command(Ehlo::new(hello.clone())).await;
        let pipelining = offers
            .as_ref()
            .is_ok_and(|offers| offers.message().any(|line| line.trim().eq_ignore_ascii_case("PIPELINING")));
        if let Some(credentials) = credentials {
            let sign_in = SignIn::new(credentials.username.clone(), credentials.password.clone());
            let signed = connection.auth(&[Mechanism::Plain, Mechanism::Login], &sign_in).await;
            signed.map_err(|error| refused(Reply::read(Err(error)), Class::Auth))?;
        }
        Ok(Session { connection, pipelining, used: 0, idle_since: Instant::now() })
    }

    /// Sends one mail. `handed_over` is set just before its content is written: from there on a cut connection
    /// leaves open whether the relay has it.
    pub(super) async fn send(&mut self, from: &Address, mail: &Prepared, handed_over: &mut bool) -> Fate {
        let reused = self.used > 0;
        self.used += 1;
        if let Err(refusal) = self.announce(from, &mail.to).await {
            if reused && refusal.stage == Stage::Session && refusal.reply.closes() {
                return Fate::Stale;
            }
            return self.recover(refusal).await;
        }
        *handed_over = true;
        match Reply::read(self.connection.command(mail.content.as_str()).await) {
            Reply::Positive(code) => Fate::Kept(Outcome::Accepted { code }),
            Reply::Negative(code) if code.status == CLOSING => Fate::Ended(outcome(code, Stage::Recipient)),
            Reply::Negative(code) => Fate::Kept(outcome(code, Stage::Recipient)),
            Reply::Lost => Fate::Ended(Outcome::Unknown),
        }
    }

    /// MAIL, RCPT and DATA, in one packet where the relay allows. Ready for the content when all are taken.
    async fn announce(&mut self, from: &Address, to: &Address) -> Result<(), Refusal> {
        let commands = [
            Mail::new(Some(from.clone()), Vec::new()).to_string(),
            Rcpt::new(to.clone(), Vec::new()).to_string(),
            Data.to_string(),
        ];
        if self.pipelining {
            self.announce_at_once(commands).await
        } else {
            self.announce_singly(commands).await
        }
    }

    async fn announce_at_once(&mut self, commands: [String; 3]) -> Result<(), Refusal> {
        let mut replies = [Reply::Lost; 3];
        replies[0] = Reply::read(self.connection.command(commands.concat()).await);
        for reply in &mut replies[1..] {
            *reply = Reply::read(self.connection.read_response().await);
        }
        // A relay that opens DATA without a recipient waits for content: only closing ends that without any.
        let reusable =
            matches!(replies[2], Reply::Negative(_)) && !replies.iter().any(|reply| reply.closes());
        // The first that is not taken tells why; those after it only follow from it.
        let refused = replies.into_iter().zip(STEPS).find(|(reply, step)| !step.takes(*reply));
        refused.map_or(Ok(()), |(reply, step)| Err(Refusal { reply, stage: step.stage, reusable }))
    }

    async fn announce_singly(&mut self, commands: [String; 3]) -> Result<(), Refusal> {
        for (command, step) in commands.into_iter().zip(STEPS) {
            let reply = Reply::read(self.connection.command(command).await);
            if !step.takes(reply) {
                let reusable = matches!(reply, Reply::Negative(_)) && !reply.closes();
                return Err(Refusal { reply, stage: step.stage, reusable });
            }
        }
        Ok(())
    }

    /// Settles a refusal and makes the session ready for the next mail, where that is possible.
    async fn recover(&mut self, refusal: Refusal) -> Fate {
        let settled = settle(refusal.reply, refusal.stage);
        if !refusal.reusable {
            return Fate::Ended(settled);
        }
        match Reply::read(self.connection.command("RSET\r\n").await) {
            Reply::Positive(_) => Fate::Kept(settled),
            Reply::Negative(_) | Reply::Lost => Fate::Ended(settled),
        }
    }

    pub(super) async fn quit(mut self) {
        // Courtesy only: the relay's log then shows an end and not a loss.
        let _ = self.connection.command("QUIT\r\n").await;
    }
}

/// The outcome of a reply that did not take what it answers.
fn settle(reply: Reply, stage: Stage) -> Outcome {
    match reply {
        Reply::Negative(code) => outcome(code, stage),
        Reply::Positive(_) => Outcome::deferred(Class::Unknown),
        Reply::Lost => Outcome::deferred(Class::Network),
    }
}

/// The outcome of a session that was not opened.
fn refused(reply: Reply, without_reply: Class) -> Outcome {
    match reply {
        Reply::Negative(code) => outcome(code, Stage::Session),
        Reply::Positive(_) | Reply::Lost => Outcome::deferred(without_reply),
    }
}
