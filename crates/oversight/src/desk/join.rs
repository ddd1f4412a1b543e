//! Entries that stand as one child, and taking that back.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::{ChildId, EntryId};
use encompass_matching::Weighed;
use encompass_store::Error;
use encompass_store::desk::Joined;
use encompass_store::register::{Basis, Judgement};
use encompass_web::form::Hidden;

use super::child::overtaken;
use super::evidence::Read;
use super::{field_id, id};
use crate::case::when;
use crate::failure::Answer;
use crate::sent::Sent;
use crate::staff::Staff;
use crate::{State, words};

/// Two candidates that stand as one child.
pub(super) struct Join<'a> {
    pub said: String,
    pub action: String,
    pub token: Hidden<'a>,
    pub hidden: [Hidden<'a>; 2],
}

impl Join<'_> {
    pub fn all(staff: &Staff, child: ChildId, shown: &[&Weighed], joined: &[Joined]) -> Vec<Join<'static>> {
        let number = |entry: EntryId| shown.iter().position(|one| one.entry == entry).map(|at| at + 1);
        let join = |join: &Joined| {
            let (mut one, mut other) = (number(join.one)?, number(join.other)?);
            if other < one {
                (one, other) = (other, one);
            }
            let by = words::actor(&join.by);
            let said =
                format!("Candidates {one} and {other} stand as one child, by {by}, {}.", when(join.at));
            let action = format!("/children/{child}/part");
            let hidden =
                [Hidden::new("one", join.one.to_string()), Hidden::new("other", join.other.to_string())];
            Some(Join { said, token: staff.form(&action), action, hidden })
        };
        joined.iter().filter_map(join).collect()
    }
}

/// Judges that two candidates of a child, which stand as one, are two.
pub(crate) async fn part(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let child: ChildId = id(&child)?;
    // Whom a child was handed over to may look, and decides nothing.
    state.store().shown(&staff.scope, child).await?;
    let (case, place) = state.store().open_child(&staff.scope, child).await?;
    let evidence = Read::newest(&case.children[place].decisions);
    let shown = evidence.shown(staff.scope.sees_restricted());
    let entries: Vec<EntryId> = shown.iter().map(|candidate| candidate.entry).collect();
    let joined = state.store().joined(&staff.scope, &case.force, &entries).await?;
    let pair = field_id(&fields, "one").zip(field_id(&fields, "other"));
    let pair = pair.filter(|(one, other)| joined.iter().any(|join| (join.one, join.other) == (*one, *other)));
    let Some((one, other)) = pair else { return overtaken(&state, &staff, child).await };
    let mut tx = state.store().begin().await?;
    let judgement = Judgement { one, other, is_same: false, basis: Basis::Person };
    if tx.judge(vec![judgement], &staff.scope.actor, state.now()).await? == 0 {
        return Err(Error::Changed.into());
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/children/{child}?done=parted")).into_response())
}
