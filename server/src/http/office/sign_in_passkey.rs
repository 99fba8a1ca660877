//! Whether a page can ask for a passkey.

use office_pages::parts::PasskeyScript;

use super::super::State;

/// The script for passkeys, where the portal's name is one that they can have.
pub(super) fn passkey_of(state: &State) -> Option<PasskeyScript> {
    let possible = state.office.sign_in.relying_party.is_possible();
    possible.then(|| PasskeyScript {
        address: state.bundle.addresses().passkeys,
    })
}
