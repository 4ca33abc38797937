//! How values look in the answers of every app.

use serde::Serialize;
use utoipa::ToSchema;

/// An amount of money, in the smallest unit of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Money {
    /// Whole minor units, such as cents.
    #[schema(example = 1999)]
    pub minor: i64,
    /// The currency by its ISO 4217 code.
    #[schema(example = "EUR")]
    pub currency: String,
}

/// A place on the Earth (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Coordinates {
    /// Latitude in decimal degrees, north positive.
    #[schema(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Longitude in decimal degrees, east positive.
    #[schema(minimum = -180, maximum = 180)]
    pub lon: f64,
}

impl Coordinates {
    /// Coordinates from ten-millionths of a degree, as the databases hold them.
    pub fn from_e7(lat: i32, lon: i32) -> Self {
        Self { lat: f64::from(lat) / 1e7, lon: f64::from(lon) / 1e7 }
    }

    /// Coordinates of a row that may have none.
    pub fn of(lat: Option<i32>, lon: Option<i32>) -> Option<Self> {
        Some(Self::from_e7(lat?, lon?))
    }
}

/// A whole number of hundredths as a number of ones: centimetres as metres, hundredths of a degree as degrees.
pub fn from_hundredths(value: i32) -> f64 {
    f64::from(value) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_keep_their_seven_digits_and_gain_none() {
        let spot = Coordinates::from_e7(194_284_470, -991_276_820);
        assert_eq!(serde_json::to_string(&spot).unwrap(), r#"{"lat":19.428447,"lon":-99.127682}"#);
        assert_eq!(serde_json::to_string(&Coordinates::from_e7(1, -1)).unwrap(), r#"{"lat":1e-7,"lon":-1e-7}"#);
        assert_eq!(Coordinates::of(Some(1), None), None);
    }

    #[test]
    fn hundredths_stay_exact_as_text() {
        assert_eq!(serde_json::to_string(&from_hundredths(2_777)).unwrap(), "27.77");
    }
}
