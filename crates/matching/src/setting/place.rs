//! Where homes and settings lie, as far as the directory tells.

use std::collections::HashMap;

/// Metres from south-west, by the national grid.
type Point = (i32, i32);

/// Kilometres that are taken where only postcodes can be compared: the same sector, district and area, and another.
const BY_SECTOR: f32 = 2.0;
const BY_DISTRICT: f32 = 5.0;
const BY_AREA: f32 = 20.0;
const FAR: f32 = 100.0;

/// The middle of the settings of each postcode sector and district: there is no file of all postcodes.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    middles: HashMap<String, Sum>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    east: i64,
    north: i64,
    count: i64,
}

impl Gazetteer {
    pub fn add(&mut self, postcode: &str, point: Point) {
        for part in parts(postcode).into_iter().flatten() {
            let sum = self.middles.entry(part.to_owned()).or_default();
            sum.east += i64::from(point.0);
            sum.north += i64::from(point.1);
            sum.count += 1;
        }
    }

    fn locate(&self, postcode: &str) -> Option<Point> {
        let sum = parts(postcode).into_iter().flatten().find_map(|part| self.middles.get(part))?;
        let middle = |total: i64| i32::try_from(total / sum.count).ok();
        Some((middle(sum.east)?, middle(sum.north)?))
    }

    /// Kilometres between a home and a setting; `None` where nothing tells.
    pub fn kilometres(&self, home: &str, point: Option<Point>, postcode: Option<&str>) -> Option<f32> {
        if let (Some(home), Some(point)) = (self.locate(home), point) {
            let metres = |a: i32, b: i32| f64::from(a) - f64::from(b);
            let distance = metres(home.0, point.0).hypot(metres(home.1, point.1)) / 1000.0;
            #[expect(clippy::cast_possible_truncation, reason = "kilometres within one country")]
            return Some(distance as f32);
        }
        let [home_sector, home_district] = parts(home);
        let [sector, district] = parts(postcode?);
        let same = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
        Some(if same(home_sector, sector) {
            BY_SECTOR
        } else if same(home_district, district) {
            BY_DISTRICT
        } else if home_district.map(area) == district.map(area) {
            BY_AREA
        } else {
            FAR
        })
    }
}

/// Sector and district of a postcode: `SG1 4` and `SG1` of `SG1 4AB`.
fn parts(postcode: &str) -> [Option<&str>; 2] {
    match postcode.find(' ') {
        Some(space) => [postcode.get(..space + 2), postcode.get(..space)],
        None => [None, None],
    }
}

/// The letters that a district begins with.
fn area(district: &str) -> &str {
    let letters = district.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(district.len());
    &district[..letters]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_lies_where_the_settings_of_its_sector_lie_else_of_its_district() {
        let mut gazetteer = Gazetteer::default();
        gazetteer.add("ZZ1 4AB", (500_000, 200_000));
        gazetteer.add("ZZ1 4CD", (502_000, 200_000));
        gazetteer.add("ZZ1 5AB", (510_000, 200_000));
        for (home, point, postcode, expected) in [
            ("ZZ1 4XY", Some((501_000, 203_000)), None, Some(3.0)),
            ("ZZ1 9XY", Some((504_000, 200_000)), None, Some(0.0)),
            ("ZZ2 1XY", None, Some("ZZ2 1AB"), Some(2.0)),
            ("ZZ2 1XY", None, Some("ZZ2 2AB"), Some(5.0)),
            ("ZZ2 1XY", None, Some("ZZ3 2AB"), Some(20.0)),
            ("ZZ2 1XY", None, Some("YY3 2AB"), Some(100.0)),
            ("ZZ2 1XY", None, None, None),
        ] {
            assert_eq!(gazetteer.kilometres(home, point, postcode), expected, "{home} {postcode:?}");
        }
    }
}
