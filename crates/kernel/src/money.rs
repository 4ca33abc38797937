//! Money: whole minor units and a currency, never a floating-point number.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A currency code of ISO 4217: three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads a code such as `EUR`.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Currency`] when it is not three capital letters.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| MoneyError::Currency)?;
        if bytes.iter().all(u8::is_ascii_uppercase) { Ok(Self(bytes)) } else { Err(MoneyError::Currency) }
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount of money in the smallest unit of its currency (cents of a euro, yen of a yen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units; negative for what is given back.
    pub minor: i64,
    /// The currency the units are of.
    pub currency: Currency,
}

/// Why an amount could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("a currency is three capital letters, such as EUR")]
    Currency,
    /// Amounts of two currencies were added.
    #[error("amounts of different currencies cannot be added; convert one first")]
    Mixed,
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// Adds two amounts of one currency.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Mixed`] or [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, currency: self.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.minor, self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_add_within_one_currency_only() {
        let (eur, usd) = (Currency::parse("EUR").unwrap(), Currency::parse("USD").unwrap());
        let one = Money { minor: 100, currency: eur };
        assert_eq!(one.checked_add(one), Ok(Money { minor: 200, currency: eur }));
        assert_eq!(one.checked_add(Money { minor: 1, currency: usd }), Err(MoneyError::Mixed));
        assert_eq!(one.checked_add(Money { minor: i64::MAX, currency: eur }), Err(MoneyError::Overflow));
        assert_eq!(Currency::parse("eur"), Err(MoneyError::Currency));
    }
}
