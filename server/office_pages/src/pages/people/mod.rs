//! O-10 to O-12: whom the telephone is about. What is found, why it is looked at, and what is
//! done.

mod person;
mod reason;
mod returned;
mod search;

pub use self::person::{Account, Address, Letter, Person, Postcard, Secrets, person};
pub use self::reason::reason;
pub use self::returned::{Unreached, returned};
pub use self::search::{Asked, Found, search};

use app::written::Written;
use leptos::prelude::*;

/// Every act is asked for twice.
fn tick() -> AnyView {
    view! {
        <label class="tick">
            <input type="checkbox" name="confirm" value="yes" />
            <span>"確認しました"</span>
        </label>
    }
    .written()
}

/// Said before the work begins, and not at its end.
const NOBODY_ELSE: &str =
    "ほかの職員の同意が必要ですが、窓口の職員がほかにいません。管理の職員に相談してください。";
