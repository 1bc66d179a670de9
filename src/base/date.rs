//! Calendar days. The only dates compared are ends of exceptions and licenses' change dates.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Returns the day, if the calendar has it.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let n_days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        (1..=n_days).contains(&day).then_some(Self { year, month, day })
    }

    /// Returns the day, in UTC, of a number of seconds since 1970.
    ///
    /// ```
    /// use ppl_check::base::Date;
    /// assert_eq!(Date::from_epoch_seconds(1_000_000_000).unwrap().to_string(), "2001-09-09");
    /// ```
    pub fn from_epoch_seconds(seconds: u64) -> Option<Self> {
        // Days are counted in eras of 400 years that begin on the first of March.
        let days = seconds / 86_400 + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// Returns the moment, in UTC, of a number of seconds since 1970, as ISO 8601 writes it.
    ///
    /// ```
    /// use ppl_check::base::Date;
    /// assert_eq!(Date::moment(1_000_000_000).unwrap(), "2001-09-09T01:46:40Z");
    /// ```
    pub fn moment(seconds: u64) -> Option<String> {
        let (date, rest) = (Self::from_epoch_seconds(seconds)?, seconds % 86_400);
        Some(format!("{date}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60))
    }

    /// Returns the number of days from `self` to `later`, 0 if that is not later.
    pub fn days_until(self, later: Self) -> u32 {
        later.ordinal().saturating_sub(self.ordinal())
    }

    fn ordinal(self) -> u32 {
        let (year, month) = match self.month {
            1 | 2 => (u32::from(self.year).saturating_sub(1), u32::from(self.month) + 9),
            month => (u32::from(self.year), u32::from(month) - 3),
        };
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + u32::from(self.day)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('-');
        let mut next = |length: usize| parts.next().filter(|part| part.len() == length)?.parse::<u16>().ok();
        let (year, month, day) = (next(4), next(2), next(2));
        let date = match (year, month, day, parts.next()) {
            (Some(year), Some(month), Some(day), None) => u8::try_from(month)
                .ok()
                .zip(u8::try_from(day).ok())
                .and_then(|(month, day)| Self::new(year, month, day)),
            _ => None,
        };
        date.ok_or_else(|| format!("expected a day as `2026-12-31`, found `{text}`"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_compared() {
        let day = |text: &str| text.parse::<Date>();
        assert!(day("2026-02-29").is_err());
        assert!(day("2024-02-29").is_ok());
        assert!(day("2024-2-9").is_err());
        assert!(day("2024-01-01x").is_err());
        assert!(day("2024-01-31").unwrap() < day("2024-02-01").unwrap());
        assert_eq!(day("2023-12-31").unwrap().days_until(day("2024-03-01").unwrap()), 61);
        assert_eq!(Date::from_epoch_seconds(0), day("1970-01-01").ok());
        assert_eq!(Date::from_epoch_seconds(951_782_400), day("2000-02-29").ok());
        assert_eq!(Date::from_epoch_seconds(1_798_675_199), day("2026-12-30").ok());
    }
}
