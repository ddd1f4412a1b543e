//! Who may see what is for named people only, for those who may not.

use encompass_core::state::Role;
use encompass_store::account::Account;

use crate::State;
use crate::failure::Failure;
use crate::staff::Staff;

/// What a member of staff does with children whom they may not see: one sentence, whoever these are. `forces`: of whom.
pub(super) async fn give_to(state: &State, forces: &[String]) -> Result<String, Failure> {
    let accounts = state.store().accounts().await?;
    let may_see = |account: &&Account| {
        account.is_active
            && account.sees_restricted
            && account.has_any(&[Role::Desk])
            && account.forces.iter().any(|force| forces.contains(force))
    };
    let names: Vec<&str> =
        accounts.iter().filter(may_see).map(|account| account.display_name.as_str()).collect();
    Ok(if names.is_empty() {
        "Nobody at this desk may: ask whoever keeps the accounts to name somebody now.".to_owned()
    } else {
        format!("Give it to {}.", names.join(" or "))
    })
}

/// What a list says of held children that its reader may not see; nothing where there are none.
pub(super) async fn waiting(state: &State, staff: &Staff) -> Result<Option<String>, Failure> {
    let count = state.store().held_for_named_people(&staff.scope).await?;
    let said = match count {
        0 => return Ok(None),
        1 => "1 more child waits and is for named people only.".to_owned(),
        many => format!("{many} more children wait and are for named people only."),
    };
    Ok(Some(format!("{said} {}", give_to(state, &staff.account.forces).await?)))
}
