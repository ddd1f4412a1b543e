//! The parameters that matches are weighed with.

use jiff::Timestamp;

use crate::audit_log::{Entry, INSTALLATION};
use crate::db::{batch, row};
use crate::{Actor, Result, Store, Tx};

/// Parameters that were adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// A print of the body.
    pub id: String,
    /// The parameters, as JSON.
    pub body: String,
}

impl Store {
    /// The parameters adopted last; `None` while those hold that come with the program.
    ///
    /// # Errors
    /// As the database says.
    pub async fn match_parameters(&self) -> Result<Option<Adopted>> {
        let select = "SELECT id, body FROM match_parameters ORDER BY adopted_at DESC, id LIMIT 1";
        let found = sqlx::query(select).fetch_optional(self.read()).await?;
        found
            .map(|found| Ok(Adopted { id: row::text(&found, "id")?, body: row::text(&found, "body")? }))
            .transpose()
    }

    /// The print of those adopted last.
    ///
    /// # Errors
    /// As the database says.
    pub async fn match_parameters_id(&self) -> Result<Option<String>> {
        let select = "SELECT id FROM match_parameters ORDER BY adopted_at DESC, id LIMIT 1";
        let found = sqlx::query(select).fetch_optional(self.read()).await?;
        found.map(|found| row::text(&found, "id")).transpose()
    }
}

impl Tx {
    /// Adopts parameters: every score from here on is theirs.
    ///
    /// # Errors
    /// As the database says.
    pub async fn adopt_parameters(
        &mut self,
        new: Adopted,
        reason: &str,
        by: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let row =
            vec![new.id.as_str().into(), new.body.into(), now.into(), by.to_string().into(), reason.into()];
        let head = "INSERT INTO match_parameters (id, body, adopted_at, adopted_by, reason)";
        let again = "ON CONFLICT (id) DO UPDATE SET adopted_at = excluded.adopted_at, adopted_by = excluded.adopted_by, \
             reason = excluded.reason";
        batch::insert(self.conn(), head, vec![row], again).await?;
        let subject = format!("parameters:{}", new.id);
        self.audit(
            Entry::new(INSTALLATION, now, by.clone(), "parameters.adopted", subject)
                .because(reason.to_owned()),
        );
        Ok(())
    }
}
