//! Where reading of a partition begins. Pure.

use encompass_store::position::Position;

/// What was found of a partition when it was given to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The first offset that is there.
    pub low: i64,
    /// The offset after the last one.
    pub high: i64,
}

/// How reading begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// Nothing was read before: at the earliest.
    Fresh,
    /// Where the store says. With `probe` one record earlier, to see whether it is the one that was read.
    Continue { probe: bool },
    /// Not where the store says: at the earliest, and a person is told what is missing.
    Broken(Broken),
}

/// Why a topic does not go on where it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It ends before the position, or has another record there: it was made anew.
    MadeAnew,
    /// It begins after the position: what lay between was deleted unread.
    Cut { missing: i64 },
}

impl Broken {
    /// For the task.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::MadeAnew => "the topic was made anew; read from its earliest message".into(),
            Self::Cut { missing } => format!("{missing} messages were deleted before they were read"),
        }
    }
}

/// Never at the end: at worst something is read again, and repeats are known.
pub(super) fn begin(position: Option<&Position>, extent: Extent) -> Begin {
    let Some(position) = position else { return Begin::Fresh };
    let next = position.next_offset;
    if next > extent.high {
        return Begin::Broken(Broken::MadeAnew);
    }
    if next < extent.low {
        return Begin::Broken(Broken::Cut { missing: extent.low - next });
    }
    Begin::Continue { probe: position.fingerprint.is_some() && next > extent.low }
}

#[cfg(test)]
mod tests {
    use encompass_store::position::Counts;
    use jiff::Timestamp;

    use super::*;

    fn at(next_offset: i64) -> Position {
        Position {
            topic: "t".into(),
            partition: 0,
            next_offset,
            fingerprint: Some(vec![1; 32]),
            counts: Counts::default(),
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn reading_goes_on_from_the_store_or_begins_at_the_earliest_with_the_gap_named() {
        let extent = |low, high| Extent { low, high };
        for (position, extent, expected) in [
            (None, extent(0, 9), Begin::Fresh),
            (None, extent(4, 9), Begin::Fresh),
            (Some(at(5)), extent(0, 9), Begin::Continue { probe: true }),
            (Some(at(9)), extent(0, 9), Begin::Continue { probe: true }),
            (Some(at(4)), extent(4, 9), Begin::Continue { probe: false }),
            (Some(at(0)), extent(0, 0), Begin::Continue { probe: false }),
            (Some(at(9)), extent(9, 9), Begin::Continue { probe: false }),
            (Some(at(10)), extent(0, 9), Begin::Broken(Broken::MadeAnew)),
            (Some(at(10)), extent(0, 0), Begin::Broken(Broken::MadeAnew)),
            (Some(at(2)), extent(7, 9), Begin::Broken(Broken::Cut { missing: 5 })),
        ] {
            assert_eq!(begin(position.as_ref(), extent), expected, "{position:?} {extent:?}");
        }
    }
}
