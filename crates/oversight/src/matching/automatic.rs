//! Setting by hand how far matches of a register are sent without a person.

use askama::Template;
use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::RegisterId;
use encompass_matching::score_of;
use encompass_store::Error;
use encompass_store::matched::{Automatic, Mode, Precision, Standing};
use encompass_web::form::{Choice, ErrorSummary, Fields, Hidden, InputKind, Options, TextArea, TextInput};

use super::page::{find, stands_as};
use crate::State;
use crate::desk::id;
use crate::failure::{Answer, Failure, Wrong, wrong_with};
use crate::frame::Frame;
use crate::sent::Sent;
use crate::staff::Staff;

/// One wrong in a hundred at least: less is no match. And more points than any score has.
const POINTS: std::ops::RangeInclusive<u16> = 20..=500;

#[derive(Template)]
#[template(path = "automatic.html")]
struct AutomaticPage<'a> {
    errors: ErrorSummary<'a>,
    heading: String,
    stands: String,
    action: String,
    token: Hidden<'a>,
    mode: Options<'a>,
    points: TextInput<'a>,
    reason: TextArea<'a>,
}

const MODES: [(Mode, &str, &str); 3] = [
    (Mode::Earned, "As far as decided cases have shown", "It widens and narrows by itself."),
    (Mode::ByHand, "As I say", "From the points below, until somebody gives it back to decided cases."),
    (Mode::Off, "Nothing", "Every child is held for a person, exact agreement too."),
];

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path((force, register)): Path<(String, String)>,
) -> Answer {
    let (one, standing) = known(&state, &staff, &force, id(&register)?).await?;
    page(&state, &staff, &one, standing.as_ref(), &Fields::from(Vec::new()), None)
}

/// A register that a force in scope may use, with what stands.
async fn known(
    state: &State,
    staff: &Staff,
    force: &str,
    register: RegisterId,
) -> Result<(Precision, Option<Standing>), Failure> {
    // It is for the whole force: whoever sees only some areas may not set it.
    if !staff.scope.sees_every_area() {
        return Err(Error::NotFound.into());
    }
    let registers = state.store().match_precision(&staff.scope).await?;
    let found = registers.into_iter().find(|one| one.force == force && one.register == register);
    let one = found.ok_or(Error::NotFound)?;
    let standing = state.store().automatic(&staff.scope).await?;
    let standing = find(&standing, &one).cloned();
    Ok((one, standing))
}

fn page(
    state: &State,
    staff: &Staff,
    one: &Precision,
    standing: Option<&Standing>,
    sent: &Fields,
    error: Option<Wrong<'_>>,
) -> Answer {
    let action = format!("/matching/{}/{}", one.force, one.register);
    let choices: Vec<Choice<'_>> = MODES
        .iter()
        .map(|(mode, text, hint)| Choice {
            hint: Some(hint),
            chosen: sent.one("mode") == mode.as_str(),
            ..Choice::new(mode.as_str(), text)
        })
        .collect();
    let of = |field| wrong_with(field, error);
    let content = AutomaticPage {
        errors: ErrorSummary { errors: error.into_iter().collect() },
        heading: format!("{}, {}", state.force_name(&one.force), one.source),
        stands: stands_as(standing),
        token: staff.form(&action),
        mode: Options::one_of("mode", "What is sent without a person?", &choices).error(of("mode")),
        points: TextInput::new("points", "From how many points, where you say it", InputKind::Short)
            .value(sent.one("points"))
            .hint("30 points are one wrong in 1,000, 40 one in 10,000. Leave it empty for exact agreement only.")
            .error(of("points")),
        reason: TextArea {
            id: "reason",
            label: "Why?",
            rows: 3,
            value: sent.one("reason"),
            hint: Some("Kept in the audit log with your name, and shown to the desk. Name no child."),
            error: of("reason"),
        },
        action,
    };
    let frame = Frame::new(staff, "Matching", "/matching").back("/matching").failed(error.is_some());
    Ok(frame.show(&content))
}

/// What a form asks for.
fn read(fields: &Fields) -> Result<(Mode, Option<f64>), Wrong<'static>> {
    let mode = MODES.iter().find(|(mode, ..)| mode.as_str() == fields.one("mode"));
    let (mode, ..) = mode.ok_or(("mode", "Choose what is sent without a person"))?;
    if fields.one("reason").is_empty() {
        return Err(("reason", "Write why"));
    }
    let text = fields.one("points");
    if text.is_empty() || *mode != Mode::ByHand {
        return Ok((*mode, None));
    }
    let points = text.parse::<u16>().ok().filter(|points| POINTS.contains(points));
    let points = points.ok_or(("points", "Write a whole number of points from 20 to 500"))?;
    Ok((*mode, Some(score_of(points))))
}

pub(crate) async fn set(
    Extract(state): Extract<State>,
    staff: Staff,
    Path((force, register)): Path<(String, String)>,
    Sent(fields): Sent,
) -> Answer {
    let (one, standing) = known(&state, &staff, &force, id(&register)?).await?;
    let (mode, threshold) = match read(&fields) {
        Ok(read) => read,
        Err(wrong) => return page(&state, &staff, &one, standing.as_ref(), &fields, Some(wrong)),
    };
    let new = Automatic {
        force: one.force,
        register: one.register,
        mode,
        threshold,
        cases: 0,
        wrong: 0,
        lower_bound: 0.0,
    };
    let mut tx = state.store().begin().await?;
    tx.set_automatic(new, fields.one("reason"), &staff.scope.actor, state.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/matching?done=automatic-set").into_response())
}

#[cfg(test)]
mod tests {
    use encompass_matching::points;

    use super::*;

    #[test]
    fn points_become_the_score_that_has_them() {
        let fields = |points: &str| {
            let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            Fields::from(vec![field("mode", "by_hand"), field("points", points), field("reason", "A trial.")])
        };
        for wanted in [20, 30, 45, 500] {
            let (_, threshold) = read(&fields(&wanted.to_string())).unwrap();
            assert_eq!(points(threshold.unwrap()), wanted);
        }
        assert_eq!(read(&fields("")).unwrap(), (Mode::ByHand, None));
        for wrong in ["0", "19", "501", "-3", "many"] {
            assert_eq!(read(&fields(wrong)).unwrap_err().0, "points", "{wrong}");
        }
    }
}
