//! One file a value: a day's or a month's, an amount, a result, a society.

pub mod checkup;
pub mod device;
pub mod drawing;
pub mod era;
pub mod expense;
pub mod month;
pub mod number;
pub mod reference;
pub mod sex;
pub mod society;
pub mod tax;
pub mod timestamp;
