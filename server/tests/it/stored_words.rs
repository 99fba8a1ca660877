//! Words that stand in databases of portals that are in use: code may be renamed, they
//! may not. A word may be added here, never changed.

use std::{fs, os::unix::fs::PermissionsExt};

use domain::office::notice::Kept;
use server::base::secrets::Secrets;
use store::{
    audit::Event,
    letter::LetterKind,
    link::{End, Purpose},
    notice::Kind,
    publishing::Step,
    second_step::Holder,
};
use uuid::Uuid;

const EVENTS: [&str; 98] = [
    "letter_asked",
    "postcard_accepted",
    "postcard_refused",
    "postcard_issued",
    "postcard_reissued",
    "postcards_asked",
    "postcards_confirmed",
    "postcards_made",
    "postcards_handed_out",
    "postcards_received",
    "postcards_withdrawn",
    "registered",
    "reopened",
    "reissue_asked",
    "reissue_accepted",
    "reissue_refused",
    "reissued",
    "address_confirmed",
    "login_id_changed",
    "password_changed",
    "nickname_changed",
    "address_added",
    "confirmation_asked",
    "address_removed",
    "notices_changed",
    "signed_in",
    "sign_in_failed",
    "password_refused",
    "signed_out",
    "session_ended",
    "others_ended",
    "sign_in_disowned",
    "not_theirs",
    "left",
    "office_looked",
    "data_taken",
    "key_changed",
    "roster_imported",
    "expenses_imported",
    "expenses_seen",
    "sharing_allowed",
    "sharing_ended",
    "sharing_lapsed",
    "purged",
    "notices_imported",
    "audit_chain_begun",
    "checkups_imported",
    "import_withdrawn",
    "disabled",
    "enabled",
    "office_ended_sessions",
    "office_sent_confirmation",
    "office_removed_second_step",
    "postcard_wanted",
    "postcard_returned",
    "data_disclosed",
    "office_searched",
    "second_person_asked",
    "second_person_agreed",
    "reason_removed",
    "audit_exported",
    "signed_in_with_passkey",
    "passkey_added",
    "passkey_renamed",
    "passkey_removed",
    "code_asked",
    "code_refused",
    "codes_turned_on",
    "codes_turned_off",
    "recovery_codes_made",
    "recovery_code_used",
    "second_steps_removed",
    "staff_signed_in",
    "staff_signed_in_by_code",
    "staff_signed_out",
    "staff_added",
    "staff_roles_changed",
    "staff_disabled",
    "staff_enabled",
    "staff_link_made",
    "staff_password_chosen",
    "staff_second_step",
    "staff_code_made",
    "staff_refused",
    "file_received",
    "file_answered",
    "file_run",
    "withdrawal_asked",
    "file_confirmed",
    "file_cancelled",
    "problems_taken",
    "unsubscribed",
    "notice_written",
    "notice_asked",
    "notice_published",
    "notice_withdrawn",
    "notice_letters_paused",
    "notice_letters_resumed",
];

const LETTERS: [&str; 14] = [
    "registration",
    "already_registered",
    "reissue",
    "not_found",
    "change",
    "address_confirmation",
    "welcome",
    "new_device",
    "left",
    "by_office",
    "notice",
    "withheld",
    "recovery_code_used",
    "new_postcard",
];

#[test]
fn events_and_letters_are_read_by_the_words_they_were_written_with() {
    for word in EVENTS {
        assert_eq!(Event::parse(word).map(Event::as_str), Some(word));
    }
    for word in LETTERS {
        assert_eq!(LetterKind::parse(word).map(LetterKind::as_str), Some(word));
    }
    let purposes = [
        (Purpose::Registration, "registration"),
        (Purpose::Reissue, "reissue"),
        (Purpose::Email, "email"),
        (Purpose::Device, "device"),
    ];
    for (purpose, word) in purposes {
        assert_eq!(purpose.as_str(), word);
    }
    let ends = [
        (End::Used, "used"),
        (End::Replaced, "replaced"),
        (End::Removed, "removed"),
    ];
    for (end, word) in ends {
        assert_eq!(end.as_str(), word);
    }
    for word in ["draft", "waiting", "published", "withdrawn"] {
        assert_eq!(Kept::parse(word).map(Kept::as_str), Some(word));
    }
    for word in [
        "written",
        "changed",
        "attached",
        "asked",
        "published",
        "returned",
        "withdrawn",
        "paused",
        "resumed",
    ] {
        assert_eq!(Step::parse(word).map(Step::as_str), Some(word));
    }
    assert_eq!(
        (Kind::Notice.as_str(), Kind::Article.as_str()),
        ("notice", "article")
    );
}

/// Computed apart from this code, with HMAC-SHA-256 over each part and its length, and
/// AES-256-GCM.
#[test]
fn what_is_derived_from_the_secret_file_stays_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, [b'k'; 32]).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let secrets = Secrets::open(&file).unwrap();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    assert_eq!(
        secrets.link_token("registration", Uuid::from_u128(1), "taro@example.jp"),
        "89KKdYmp_nlWZdG0fGdVmBNOsp0PsoIwH_4MAiz0ux8"
    );
    assert_eq!(
        secrets.unsubscribe_token(Uuid::from_u128(1), "taro@example.jp"),
        "00000000000000000000000000000001.8vj58zftT6dUp6AUtBysP5xdS1gsPc3iTvMF7jONn7w"
    );
    assert_eq!(
        hex(&secrets.audit_key_mark()),
        "ec6d976bd1f5aeab4e2b1ef21559c57c06e9dfc27c154398784750f1a1cb5ecc"
    );
    assert_eq!(
        hex(&secrets.cookie_key()[..32]),
        "4d1db81331f61bd79850f48a355bf079c021c12163a0073c009d897444f5fb19"
    );
    let holder = Holder::Member(Uuid::from_u128(1)).mark();
    assert_eq!(
        hex(&secrets.one_time_secret(&holder, b"session")),
        "62db6ea7dd78f3663fa974995cd6b85736dc16d6"
    );
    let sealed = "000102030405060708090a0ba4342275ef416a648b539af16658f315ec776f9a7ff06553ae648621854d04ce303f0b5a";
    let bytes = |hex: &str| -> Vec<u8> {
        let byte = |place| u8::from_str_radix(&hex[place..place + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect()
    };
    let opened = secrets.open_sealed("one-time code", &holder, &bytes(sealed));
    assert_eq!(opened.unwrap(), b"12345678901234567890");
}
