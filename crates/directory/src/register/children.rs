use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use super::child::Child;
use super::row::{self, Entry};
use crate::Error;
use crate::mapping::Mapping;
use crate::report::{Problem, Report};
use crate::text::{Layout, Limits, Print, Printer, Reader, Row};

/// An iterator over the children of a file, each once, from all its rows wherever they stand.
///
/// The file is read twice: first to learn how many rows each child has, then for what they say. In memory are a print
/// of each row and the children whose rows have not all come.
pub struct Children<R> {
    rows: Reader<R, Entry>,
    printer: Printer,
    /// Rows to come, of children who have more than one.
    awaited: HashMap<Print, u32>,
    gathered: HashMap<Print, Vec<Child>>,
    doubtful: HashSet<Print>,
    set_aside: Vec<String>,
}

/// Begins to read a file, by a mapping if there is one.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub(super) fn children<R: Read + Seek>(
    mut source: R,
    limits: &Limits,
    mapping: Option<&Mapping>,
) -> Result<Children<R>, Error> {
    let layout = mapping.map_or_else(|| Layout::from(&row::FORMAT), |mapping| mapping.layout().clone());
    let printer = Printer::default();
    let mut awaited: HashMap<Print, u32> = HashMap::new();
    let mut rows = Reader::laid_out(&mut source, limits, &layout, row::key, row::parse)?;
    for row in rows.by_ref() {
        *awaited.entry(printer.of(&row?.value.child)).or_default() += 1;
    }
    awaited.retain(|_, count| *count > 1);
    awaited.shrink_to_fit();
    let set_aside = rows.take_spoiled();
    let doubtful = set_aside.iter().map(|number| printer.of(number)).collect();
    let rows = Reader::laid_out(source, limits, &layout, row::key, row::parse)?;
    Ok(Children { rows, printer, awaited, gathered: HashMap::new(), doubtful, set_aside })
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
    fn gather(&mut self, row: Row<Entry>) -> Option<Child> {
        let print = self.printer.of(&row.value.child);
        let child = Child::new(row.line, row.value);
        let Some(to_come) = self.awaited.get_mut(&print) else { return self.whole(print, vec![child]) };
        *to_come -= 1;
        let is_last = *to_come == 0;
        self.gathered.entry(print).or_default().push(child);
        if !is_last {
            return None;
        }
        let all = self.gathered.remove(&print).unwrap_or_default();
        self.whole(print, all)
    }

    fn whole(&mut self, print: Print, all: Vec<Child>) -> Option<Child> {
        let lines: Vec<u64> = all.iter().flat_map(|child| &child.enrolments).map(|at| at.line).collect();
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
        Some(child)
    }
}

impl<R: Read> Iterator for Children<R> {
    type Item = Result<Child, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next()? {
                Err(error) => return Some(Err(error)),
                Ok(row) => {
                    if let Some(child) = self.gather(row) {
                        return Some(Ok(child));
                    }
                }
            }
        }
    }
}
