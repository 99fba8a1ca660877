//! A device that keeps one passkey: it signs what a browser would have it sign, or
//! something else where a story wants that.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::test_app::PUBLIC;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const NEW: u8 = 0x40;

/// How browser and device answer.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// Where the browser believes to be.
    pub(crate) origin: String,
    /// For whom the device signs.
    pub(crate) rp_id: String,
    /// Whether the person was looked at, or typed a number.
    pub(crate) is_verified: bool,
    /// Whether the passkey is kept where it can be found.
    pub(crate) is_kept: Option<bool>,
    /// Whether it was copied to another device.
    pub(crate) is_backed_up: bool,
    /// Whether the device counts what it signs.
    pub(crate) counts: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            origin: PUBLIC.to_owned(),
            rp_id: "portal.example.jp".to_owned(),
            is_verified: true,
            is_kept: Some(true),
            is_backed_up: false,
            counts: true,
        }
    }
}

/// The device.
pub(crate) struct Authenticator {
    pub(crate) manner: Manner,
    key: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
    /// What stands on it of its holder.
    pub(crate) handle: Vec<u8>,
    pub(crate) counter: u32,
}

impl Authenticator {
    pub(crate) fn new() -> Self {
        Self::in_the_manner_of(Manner::default())
    }

    pub(crate) fn in_the_manner_of(manner: Manner) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let id = Sha256::digest(key.public_key().as_ref())[..24].to_vec();
        Self {
            manner,
            key,
            id,
            handle: Vec::new(),
            counter: 0,
        }
    }

    /// Becomes a passkey, as the options ask: what the browser posts.
    pub(crate) fn create(&mut self, options: &str) -> String {
        let options = public_key(options);
        self.handle = decoded(&options["user"]["id"]);
        let point = self.key.public_key().as_ref();
        let mut public = vec![0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        public.extend(&point[1..33]);
        public.extend([0x22, 0x58, 32]);
        public.extend(&point[33..65]);
        let mut data = self.data(NEW);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(public);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        let properties = self.manner.is_kept.map(|rk| json!({ "rk": rk }));
        json!({
            "id": encoded(&self.id),
            "rawId": encoded(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "attestationObject": encoded(&object),
                "clientDataJSON": encoded(&self.client_data("webauthn.create", &options)),
                "transports": ["internal"],
            },
            "clientExtensionResults": properties.map_or(json!({}), |rk| json!({ "credProps": rk })),
        })
        .to_string()
    }

    /// Signs, as the options ask: what the browser posts.
    pub(crate) fn sign(&mut self, options: &str) -> String {
        let options = public_key(options);
        self.counter += u32::from(self.manner.counts);
        let client_data = self.client_data("webauthn.get", &options);
        let data = self.data(0);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": encoded(&self.id),
            "rawId": encoded(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "authenticatorData": encoded(&data),
                "clientDataJSON": encoded(&client_data),
                "signature": encoded(signature.as_ref()),
                "userHandle": encoded(&self.handle),
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.manner.origin,
            "crossOrigin": false,
        })
        .to_string()
        .into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut flags = flags | PRESENT;
        if self.manner.is_verified {
            flags |= VERIFIED;
        }
        if self.manner.is_backed_up {
            flags |= BACKUP_ELIGIBLE | BACKED_UP;
        }
        let mut data = Sha256::digest(self.manner.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn public_key(options: &str) -> Value {
    let options: Value = serde_json::from_str(options).unwrap();
    options["publicKey"].clone()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
