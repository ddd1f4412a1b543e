//! Parameters learnt from a force's incidents and one of its registers, and from what people decided about them.

use std::collections::HashMap;
use std::sync::Arc;

use encompass_core::id::{ChildId, EntryId, IncidentId};
use encompass_matching::person::Sought;
use encompass_matching::population::Population;
use encompass_matching::weigh::{Known, Parameters, learn as estimate};
use encompass_resolver::{Rolls, number_of};
use encompass_store::register::Licensed;
use encompass_store::{Error, Scope, Store};

use crate::history::of_force;
use crate::trial::{event, read};

/// Incidents that parameters are learnt from; more change nothing.
const INCIDENTS: i64 = 12_000;

/// One incident: its children as they are looked for, and who they are.
type Learnt = (Vec<Sought>, Vec<ChildId>);

/// Parameters estimated from a force's newest incidents and one register, without knowing who is who but where the desk
/// or a reviewer said so. A decision about an older incident does not enter: it would count a hard case twice over.
///
/// # Errors
/// As the store says.
pub async fn learn(
    store: &Store,
    scope: &Scope,
    force: &str,
    register: &Licensed,
) -> anyhow::Result<Parameters> {
    let rolls = Rolls::default();
    rolls.bring_up(store, scope, &of_force(force, std::slice::from_ref(register))).await?;
    let open = rolls.open(std::slice::from_ref(register), &Arc::default());
    let open =
        open.first().ok_or_else(|| anyhow::anyhow!("the register has another version by now: try again"))?;
    let (mut events, mut children) = (Vec::new(), Vec::new());
    for incident in store.newest_incidents(scope, force, INCIDENTS).await? {
        if let Some((sought, ids)) = of_incident(store, scope, incident).await? {
            events.push(sought);
            children.push(ids);
        }
    }
    let said = store.identified_children(scope, force, register.id).await?;
    let learning =
        open.read(|people| estimate(&events, &known(&children, &said, people), people, &Parameters::round()));
    Ok(learning.parameters)
}

/// The children of whom somebody said who they are. One who was said to be an entry that the register no longer has is
/// guessed like any other.
fn known(
    events: &[Vec<ChildId>],
    said: &HashMap<ChildId, Option<EntryId>>,
    people: &Population,
) -> Vec<Known> {
    let mut known = Vec::new();
    for (event, children) in events.iter().enumerate() {
        for (child, id) in children.iter().enumerate() {
            match said.get(id) {
                None => {}
                Some(None) => known.push(Known { event, child, is: None }),
                Some(Some(entry)) => {
                    let is = number_of(people, *entry);
                    known.extend(is.map(|is| Known { event, child, is: Some(is) }));
                }
            }
        }
    }
    known
}

async fn of_incident(store: &Store, scope: &Scope, id: IncidentId) -> anyhow::Result<Option<Learnt>> {
    let case = match store.open_case(scope, id).await {
        Err(Error::NotFound | Error::Sealed) => return Ok(None),
        case => case?,
    };
    let Some(incident) = read(&case) else { return Ok(None) };
    let ways = event(&incident, &case).into_iter().zip(incident.children());
    let first = ways.filter_map(|(ways, child)| {
        let of_store = case.children.iter().find(|one| one.child_ref.as_str() == child.child_ref())?;
        Some((ways.into_iter().next()?, of_store.child.id))
    });
    let learnt: Learnt = first.unzip();
    Ok((!learnt.0.is_empty()).then_some(learnt))
}

#[cfg(test)]
mod tests {
    use encompass_matching::person::Child;
    use encompass_matching::population::Builder;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn of_a_child_whose_entry_has_gone_nothing_is_known() {
        let (there, gone) = (EntryId::new(Uuid::from_u128(1)), EntryId::new(Uuid::from_u128(2)));
        let child = |number| ChildId::new(Uuid::from_u128(number));
        let mut builder = Builder::new();
        builder.add(&Child { id: there.uuid().simple().to_string(), ..Child::default() });
        let people = builder.finish();
        let said = HashMap::from([(child(1), Some(there)), (child(2), Some(gone)), (child(3), None)]);
        let events = [vec![child(4), child(1)], vec![child(2), child(3)]];
        let is = number_of(&people, there);
        assert!(is.is_some());
        let expected = [Known { event: 0, child: 1, is }, Known { event: 1, child: 1, is: None }];
        assert_eq!(known(&events, &said, &people), expected);
    }
}
