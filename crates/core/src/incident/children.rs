//! The list of children, in which no item may be lost.

use std::collections::BTreeSet;
use std::ops::Deref;

use serde_json::Value;

use super::CHILDREN_MAX;
use super::child::{Child, LookUp};
use super::fields::Kind;
use super::mark::{Problem, Step};
use super::person::Adult;
use super::reading::{Personal, Readable, Reading};
use super::stated::Stated;
use super::text::Key;

/// The children of an incident: one for every item of the list that is not `null`, whatever could be read of it, each
/// with a reference of its own.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Children(Vec<Child>);

impl Deref for Children {
    type Target = [Child];
    fn deref(&self) -> &[Child] {
        &self.0
    }
}

impl Readable for Children {
    const KIND: &'static Kind = &Kind::List { of: Child::KIND, items_max: CHILDREN_MAX };

    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(items) = value.as_array() else { return at.wrong(Problem::WrongType, Self::KIND) };
        let said = items.iter().enumerate().filter(|(_, item)| !item.is_null());
        let mut children: Vec<Child> = said
            .map(|(position, item)| {
                let child =
                    at.within(Step::Item(position), |at| Child::read(item, at)).unwrap_or_else(Child::unread);
                Child { position, ..child }
            })
            .collect();
        give_references(&mut children, at);
        for child in &mut children {
            at.within(Step::Item(child.position), |at| settle(child, at));
        }
        Some(Self(children))
    }
}

impl Personal for Children {
    fn personal(&self, texts: &mut Vec<String>) {
        self.0.personal(texts);
    }
}

impl Children {
    /// Finds the pregnant adult of each unborn child, and notes what was read wrong that protects a child.
    pub(crate) fn finish(&mut self, adults: &[Adult], at: &Reading) {
        for child in &mut self.0 {
            child.guard_unread |= at.guard_unread_of.contains(&child.position);
            if child.is_unborn() {
                child.look_up = LookUp::PregnantAdult { adult: pregnant_adult(child, adults) };
            }
        }
    }
}

/// Gives a reference to each child that has none, or one that an earlier child has: its place, counted from 1.
fn give_references(children: &mut [Child], at: &mut Reading) {
    let stated: BTreeSet<String> = children.iter().map(|child| child.child_ref().to_owned()).collect();
    let mut taken = BTreeSet::new();
    for child in children {
        let problem = match child.child_ref.known() {
            Some(key) if taken.insert(key.to_string()) => continue,
            Some(_) => Problem::Repeated,
            None => Problem::Missing,
        };
        at.within(Step::Item(child.position), |at| at.mark_property("child_ref", problem, Key::KIND));
        let mut derived = format!("position-{}", child.position + 1);
        while stated.contains(&derived) {
            derived.push('*');
        }
        child.child_ref = Stated::Known(Key::derived(derived));
        child.child_ref_derived = true;
    }
}

/// Decides what the child can be looked up by. A child that is born is not looked up as unborn.
fn settle(child: &mut Child, at: &mut Reading) {
    let born = child.birth_date.is_known() || child.age.is_known();
    let numbered = child.upn.is_known() || child.nhs_number.is_known();
    if child.due_date.is_known() && (born || numbered) {
        at.mark_property("due_date", Problem::Contradicts, super::date::PartialDate::KIND);
        child.due_date = Stated::Absent;
    }
    child.look_up = if child.due_date.is_known() {
        LookUp::PregnantAdult { adult: None }
    } else if numbered || child.names.items().iter().any(super::Name::has_a_part) {
        LookUp::Child
    } else {
        at.mark(Problem::NothingToLookUp, Child::KIND);
        LookUp::Nothing
    };
}

/// The pregnant adult, if it is clear who she is: the only one, or the only one whom the child is related to.
fn pregnant_adult(child: &Child, adults: &[Adult]) -> Option<usize> {
    let only = |candidates: Vec<usize>| (candidates.len() == 1).then(|| candidates[0]);
    let pregnant = |(place, adult): (usize, &Adult)| adult.is_pregnant().then_some(place);
    let related = |place: &usize| {
        let adult_ref = adults[*place].adult_ref.known();
        let to = child.relationships.items().iter();
        adult_ref.is_some_and(|adult_ref| to.into_iter().any(|tie| tie.adult_ref.known() == Some(adult_ref)))
    };
    let candidates: Vec<usize> = adults.iter().enumerate().filter_map(pregnant).collect();
    only(candidates.clone()).or_else(|| only(candidates.into_iter().filter(related).collect()))
}
