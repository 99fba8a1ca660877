//! Where the points of a line chart lie: days from left to right, values from the
//! bottom up, in whole units of the drawing.

use time::Date;

/// The drawing's width: a narrow phone's, so that its letters stay legible there.
pub const WIDTH: i64 = 360;
/// Its height.
pub const HEIGHT: i64 = 190;

/// The first and the last day stand here.
const LEFT: i64 = 32;
const RIGHT: i64 = 300;
/// The greatest and the least value, with room for their numbers above.
const TOP: i64 = 34;
const BOTTOM: i64 = 146;

/// The drawing is at least so high, as a share of the greatest value: half a kilogram
/// must not look like a fall.
const LEAST_SPAN: i64 = 10;

/// A point of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
    /// What it stands for.
    pub value: i64,
}

/// The measures of one drawing: every line and limit of it shares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    first: Date,
    days: i64,
    least: i64,
    span: i64,
}

impl Scale {
    /// Wide enough for these days, and high enough for these values; `None` where
    /// there is nothing to draw.
    pub fn of(
        days: impl IntoIterator<Item = Date>,
        values: impl IntoIterator<Item = i64>,
    ) -> Option<Self> {
        let (first, last) = bounds(days)?;
        let (least, greatest) = bounds(values)?;
        let span = (greatest - least).max(greatest / LEAST_SPAN);
        Some(Self {
            first,
            days: (last - first).whole_days(),
            // What is lower than the drawing lies in its middle.
            least: least - (span - (greatest - least)) / 2,
            span,
        })
    }

    /// How far from the left a day lies; a single one lies in the middle.
    pub fn x(&self, day: Date) -> i64 {
        place(
            (day - self.first).whole_days(),
            self.days,
            RIGHT - LEFT,
            LEFT,
        )
    }

    /// How far from the top a value lies; a single one lies in the middle.
    pub fn y(&self, value: i64) -> i64 {
        let height = BOTTOM - TOP;
        BOTTOM + TOP - place(value - self.least, self.span, height, TOP)
    }

    /// The points of a line.
    pub fn points(&self, line: impl IntoIterator<Item = (Date, i64)>) -> Vec<Point> {
        let point = |(day, value)| Point {
            x: self.x(day),
            y: self.y(value),
            value,
        };
        line.into_iter().map(point).collect()
    }
}

/// `12,34 56,78`: a polyline's attribute.
pub fn polyline(points: &[Point]) -> String {
    let pairs: Vec<String> = points
        .iter()
        .map(|Point { x, y, .. }| format!("{x},{y}"))
        .collect();
    pairs.join(" ")
}

fn bounds<T: Copy + Ord>(all: impl IntoIterator<Item = T>) -> Option<(T, T)> {
    all.into_iter().fold(None, |bounds, one| match bounds {
        None => Some((one, one)),
        Some((least, greatest)) => Some((one.min(least), one.max(greatest))),
    })
}

/// The share of `part` in `whole`, rounded, of `length`, from `start` on.
fn place(part: i64, whole: i64, length: i64, start: i64) -> i64 {
    if whole == 0 {
        start + length / 2
    } else {
        start + (part * length + whole / 2) / whole
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn points_lie_between_the_edges_in_proportion() {
        let line = [
            (date!(2023 - 01 - 01), 100),
            (date!(2024 - 01 - 01), 120),
            (date!(2026 - 01 - 01), 140),
        ];
        let scale = Scale::of(line.map(|(day, _)| day), line.map(|(_, value)| value)).unwrap();
        let points = scale.points(line);
        assert_eq!(polyline(&points), "32,146 121,90 300,34");
        assert_eq!(scale.y(130), 62, "a limit lies among the values");
    }

    #[test]
    fn what_has_no_extent_lies_in_the_middle() {
        let scale = Scale::of([date!(2026 - 01 - 01)], [7]).unwrap();
        assert_eq!(
            polyline(&scale.points([(date!(2026 - 01 - 01), 7)])),
            "166,90"
        );
        assert_eq!(Scale::of([], [7]), None);
        assert_eq!(Scale::of([date!(2026 - 01 - 01)], []), None);
    }

    #[test]
    fn nothing_lies_outside_the_drawing() {
        let days = [
            date!(2000 - 01 - 01),
            date!(2000 - 01 - 02),
            date!(2199 - 12 - 31),
        ];
        let scale = Scale::of(days, [1, 9999]).unwrap();
        for point in scale.points(
            days.map(|day| (day, 9999))
                .into_iter()
                .chain([(days[0], 1)]),
        ) {
            assert!((LEFT..=RIGHT).contains(&point.x), "{point:?}");
            assert!((TOP..=BOTTOM).contains(&point.y), "{point:?}");
        }
    }
}
