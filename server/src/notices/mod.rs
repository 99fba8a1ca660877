//! 健保からのお知らせ and 健康情報: one file of the office brings both. A notice is for
//! whom it names, as long as it is on view; an article is an address to come back to.

mod attachment;
mod desk;
mod herald;
mod import;
mod prose;
mod row;

pub use attachment::media_type;
pub use desk::NoticeDesk;
pub use herald::{Herald, announce};
pub use import::{Import, ImportError, Report, import};
pub use row::{COLUMNS, Kind, NoticeRow};
