//! 医療費通知: the society's list of what was paid for whom.

mod arrival;
mod desk;
mod import;
mod row;
pub mod sheet;

pub use desk::ExpenseDesk;
pub use import::{Import, ImportError, Report, import};
pub use row::{COLUMNS, ExpenseRow};
