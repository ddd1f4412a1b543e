//! Children that a register keeps for named people, apart from a decision about them.

use encompass_core::id::ChildId;

use crate::db::batch;
use crate::{Result, Tx};

impl Tx {
    /// Notes of children whose notifications go on as they are whether a register keeps them for named people.
    ///
    /// # Errors
    /// As the database says.
    pub async fn restrict(&mut self, children: &[(ChildId, bool)]) -> Result<()> {
        let row = |(child, is_restricted): &(ChildId, bool)| vec![(*child).into(), (*is_restricted).into()];
        let update = "UPDATE child SET is_restricted = v.is_restricted FROM v WHERE child.id = v.id \
             RETURNING child.id AS id";
        batch::with(self.conn(), "id, is_restricted", children.iter().map(row).collect(), update).await?;
        Ok(())
    }
}
