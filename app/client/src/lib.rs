//! The client: what the browser runs. Pages are rendered on the server alone, so
//! all that is here wakes the island (`app::island`) with the rules of `domain`.
//!
//! A crate of its own because only the browser needs a `cdylib`: as one, `app` would
//! be linked for the host at every build, and the server would wait for that.

/// Called by the loader before it wakes the islands.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    app::hydrate();
}
