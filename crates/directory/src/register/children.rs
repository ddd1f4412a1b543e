use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use super::child::Child;
use super::ctf::Pupils;
use super::row::{self, Entry};
use super::shared::{Found, Sharing};
use crate::Error;
use crate::mapping::Mapping;
use crate::report::{Problem, Report};
use crate::text::{Layout, Limits, Print, Printer, Reader};

/// An iterator over the children of a file, each once, from all its rows wherever they stand.
///
/// The file is read twice: first to learn how many rows each child has and who shares a number or a name, then for what
/// they say. In memory are a print of each row and, the first time, of each number and name; then the children whose rows have
/// not all come.
pub struct Children<R> {
    rows: Rows<R>,
    printer: Printer,
    /// Rows to come, of children who have more than one.
    awaited: HashMap<Print, u32>,
    gathered: HashMap<Print, Vec<Child>>,
    doubtful: HashSet<Print>,
    shared: Found,
    set_aside: Vec<String>,
    /// Rows read the first time.
    expected: u64,
    /// Whether the file says something else the second time.
    is_torn: bool,
    is_over: bool,
}

/// The rows of either kind of file.
enum Rows<R> {
    Csv(Box<Reader<R, Entry>>),
    Ctf(Box<Pupils<R>>),
}

/// What a file is.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// `register.csv`.
    Ours,
    /// Any other CSV, by its mapping.
    Mapped(&'a Mapping),
    /// The Department for Education's Common Transfer File, in XML.
    CommonTransfer,
}

impl Shape<'_> {
    /// Whether the file has a word for who is restricted. One that has none lifts no restriction.
    pub fn says_who_is_restricted(&self) -> bool {
        match self {
            Self::Ours => true,
            Self::Mapped(mapping) => mapping.reads(row::RESTRICTED) || mapping.reads(row::RESTRICTION),
            Self::CommonTransfer => false,
        }
    }
}

/// Begins to read a file.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub(super) fn children<R: Read + Seek>(
    mut source: R,
    limits: &Limits,
    shape: Shape<'_>,
) -> Result<Children<R>, Error> {
    let printer = Printer::default();
    let mut awaited: HashMap<Print, u32> = HashMap::new();
    let mut rows = Rows::open(&mut source, limits, shape)?;
    let mut sharing = Sharing::default();
    while let Some(child) = rows.next() {
        let child = child?;
        *awaited.entry(printer.of(&child.number)).or_default() += 1;
        sharing.note(&child);
    }
    awaited.retain(|_, count| *count > 1);
    awaited.shrink_to_fit();
    let (set_aside, expected) = (rows.take_spoiled(), rows.report_mut().read);
    let doubtful = set_aside.iter().map(|number| printer.of(number)).collect();
    let rows = Rows::open(source, limits, shape)?;
    Ok(Children {
        rows,
        printer,
        awaited,
        gathered: HashMap::new(),
        doubtful,
        shared: sharing.finish(),
        set_aside,
        expected,
        is_torn: false,
        is_over: false,
    })
}

impl<R: Read + Seek> Rows<R> {
    fn open(source: R, limits: &Limits, shape: Shape<'_>) -> Result<Self, Error> {
        let csv = |source, layout| {
            let reader = Reader::laid_out(source, limits, layout, row::key, row::parse)?;
            Ok(Self::Csv(Box::new(reader)))
        };
        match shape {
            Shape::Ours => csv(source, &Layout::from(&row::FORMAT)),
            Shape::Mapped(mapping) => csv(source, mapping.layout()),
            Shape::CommonTransfer => Ok(Self::Ctf(Box::new(Pupils::new(source, limits)?))),
        }
    }
}

impl<R: Read> Rows<R> {
    fn next(&mut self) -> Option<Result<Child, Error>> {
        match self {
            Self::Csv(rows) => rows.next().map(|row| row.map(|row| Child::new(row.line, row.value))),
            Self::Ctf(pupils) => pupils.next(),
        }
    }

    fn report_mut(&mut self) -> &mut Report {
        match self {
            Self::Csv(rows) => rows.report_mut(),
            Self::Ctf(pupils) => pupils.report_mut(),
        }
    }

    fn into_report(self) -> Report {
        match self {
            Self::Csv(rows) => rows.into_report(),
            Self::Ctf(pupils) => pupils.into_report(),
        }
    }

    fn take_spoiled(&mut self) -> Vec<String> {
        match self {
            Self::Csv(rows) => rows.take_spoiled(),
            Self::Ctf(pupils) => pupils.take_spoiled(),
        }
    }
}

impl<R: Read> Children<R> {
    /// The account of the file, to add to what only the writer of the children can see.
    pub fn report_mut(&mut self) -> &mut Report {
        self.rows.report_mut()
    }

    /// The account, and the numbers of the children about whom a row was set aside: what it would have said of them
    /// is not known.
    pub fn finish(self) -> (Report, Vec<String>) {
        (self.rows.into_report(), self.set_aside)
    }

    /// The child, once all its rows have come.
    fn gather(&mut self, child: Child) -> Option<Child> {
        let print = self.printer.of(&child.number);
        let Some(to_come) = self.awaited.get_mut(&print) else { return self.whole(print, vec![child]) };
        let Some(left) = to_come.checked_sub(1) else {
            self.is_torn = true;
            return None;
        };
        *to_come = left;
        let is_last = left == 0;
        self.gathered.entry(print).or_default().push(child);
        if !is_last {
            return None;
        }
        let all = self.gathered.remove(&print).unwrap_or_default();
        self.whole(print, all)
    }

    /// Somebody may write the file while it is read: children would be lost then, or taken in by halves.
    fn check_end(&mut self) -> Option<Error> {
        let is_first = !std::mem::replace(&mut self.is_over, true);
        let read = self.report_mut().read;
        let is_torn = self.is_torn || !self.gathered.is_empty() || read != self.expected;
        (is_first && is_torn).then_some(Error::Changed)
    }

    fn whole(&mut self, print: Print, all: Vec<Child>) -> Option<Child> {
        let lines: Vec<u64> = all.iter().flat_map(|child| child.lines.clone()).collect();
        let mut all = all.into_iter();
        let mut child = all.next()?;
        if let Err(reason) = all.try_for_each(|other| child.join(other)) {
            for line in lines {
                self.report_mut().reject_accepted(line, Problem::of_row(reason));
            }
            self.set_aside.push(child.number);
            return None;
        }
        child.is_doubtful = self.doubtful.contains(&print);
        child.shared = self.shared.of(&child.number);
        Some(child)
    }
}

impl<R: Read> Iterator for Children<R> {
    type Item = Result<Child, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next() {
                None => return self.check_end().map(Err),
                Some(Err(error)) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
                Some(Ok(row)) => {
                    if let Some(child) = self.gather(row) {
                        return Some(Ok(child));
                    }
                }
            }
        }
    }
}
