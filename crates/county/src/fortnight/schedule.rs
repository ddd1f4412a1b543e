//! When incidents happen and when police publish them.

use crate::random::Random;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// Weights of the hours of a day: most between the evening and two at night.
const HOURS: [usize; 24] = [9, 8, 6, 4, 2, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11];

/// The moments of one incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moments {
    pub(super) happened: Timestamp,
    pub(super) known: Timestamp,
    pub(super) recorded: Timestamp,
    pub(super) published: Timestamp,
}

/// How many incidents each day gets: a total of days times `per_day`, more on Fridays, Saturdays and Sundays.
pub(super) fn per_day(start: Date, days: usize, per_day: usize) -> Vec<(Date, usize)> {
    let dates: Vec<Date> = (0..days).map(|day| start.saturating_add((day as i64).days())).collect();
    let weights: Vec<usize> = dates.iter().map(|date| weight(date.weekday())).collect();
    let total: usize = weights.iter().sum();
    let mut before = 0;
    let mut dealt = 0;
    dates
        .into_iter()
        .zip(weights)
        .map(|(date, weight)| {
            before += weight;
            let until = before * days * per_day / total;
            let count = until - dealt;
            dealt = until;
            (date, count)
        })
        .collect()
}

fn weight(weekday: Weekday) -> usize {
    match weekday {
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => 9,
        Weekday::Friday => 11,
        Weekday::Saturday => 14,
        Weekday::Sunday => 13,
    }
}

/// Moments of an incident that police learn of on the day. Four of a hundred are published days late.
pub(super) fn moments(random: &mut Random, day: Date) -> Moments {
    let hour = random.weighted(&HOURS);
    let seconds = (hour * 60 + random.below(60)) * 60 + random.below(60);
    let midnight = london_midnight(day);
    let known = after(midnight, seconds);
    let late = if random.percent(4) { random.between(20, 60) * 60 } else { 0 };
    let minutes = |random: &mut Random, from, to| usize::try_from(random.between(from, to) * 60).unwrap_or(0);
    let happened = known - SignedDuration::from_mins(random.between(4, 55));
    let recorded = after(known, minutes(random, 8, 40));
    let published = after(recorded, minutes(random, 5 + late, 190 + late) + random.below(60));
    Moments { happened, known, recorded, published }
}

/// The day in London.
pub(super) fn london_day(at: Timestamp) -> Date {
    at.to_zoned(london()).date()
}

/// The beginning of the day in London.
pub(super) fn london_midnight(day: Date) -> Timestamp {
    day.to_zoned(london()).expect("days of a demonstration lie in the range of time").timestamp()
}

fn london() -> TimeZone {
    TimeZone::get("Europe/London").expect("the time-zone database is compiled in")
}

/// So many seconds later.
pub(super) fn after(at: Timestamp, seconds: usize) -> Timestamp {
    at + SignedDuration::from_secs(i64::try_from(seconds).expect("seconds of some days"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_fortnight_has_its_whole_number_and_more_at_weekends() {
        let days = per_day(date(2026, 3, 2), 14, 46);
        assert_eq!(days.iter().map(|(_, count)| count).sum::<usize>(), 644);
        let of = |weekday| {
            days.iter().filter(|(day, _)| day.weekday() == weekday).map(|(_, count)| count).sum::<usize>()
        };
        assert!(of(Weekday::Saturday) > of(Weekday::Tuesday));
    }

    #[test]
    fn nothing_is_published_before_it_is_known() {
        let mut random = Random::new(1);
        for _ in 0..1000 {
            let moments = moments(&mut random, date(2026, 3, 29));
            assert!(moments.happened < moments.known);
            assert!(moments.known < moments.recorded);
            assert!(moments.recorded < moments.published);
        }
    }
}
