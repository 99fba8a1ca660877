//! 健診結果: what the society brings in, and what a member sees of it.

mod desk;
mod import;
mod row;

pub use desk::CheckupDesk;
pub use import::{Import, ImportError, Report, import};
pub use row::{COLUMNS, CheckupRow, WITHDRAWN};
