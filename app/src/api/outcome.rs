//! What a server function came to, and the slot in which it leaves it.
#![deny(missing_docs)]

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    forms::{AddressForm, Errors, Field, Form},
    ports::ServiceError,
    text::Sentence,
    visit::{CookieChange, Visitor, return_to::ReturnTo},
};

use crate::api::refusal::Refusal;

/// What a server function came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Where to go.
    pub next: Next,
    /// What the browser is to carry.
    pub keep: Vec<CookieChange>,
}

/// Where a post leads.
#[derive(Clone, Debug)]
pub enum Next {
    /// 303 to another screen.
    SeeOther(&'static str),
    /// 303 to the page that was wanted before the sign-in.
    ReturnTo(ReturnTo),
    /// 422: the same screen with what was typed and what is wrong.
    TryAgain(Retry),
    /// 403: not for this visitor.
    Forbidden(Refusal),
    /// 404: there is none, or it is somebody else's.
    NotFound,
    /// No answer at all.
    ServiceError(ServiceError),
}

/// What a screen shows again after a form failed.
#[derive(Clone, Debug, Default)]
pub struct Retry {
    form: &'static str,
    label: Option<fn(Field) -> &'static str>,
    values: Vec<(Field, String)>,
    /// What is wrong, field by field.
    pub errors: Errors,
    /// What is wrong with the whole.
    pub alert: Option<String>,
}

impl Retry {
    /// Whether it was this form, of those on the page.
    pub fn is_of<F: Form>(&self) -> bool {
        self.form == F::NAME
    }

    /// Whether it was about an address: a form of one alone, or a button without fields.
    pub fn is_about_an_address(&self) -> bool {
        self.form.is_empty() || self.is_of::<AddressForm>()
    }

    /// What a field is called on that form.
    pub fn label(&self, field: Field) -> &'static str {
        self.label.map_or("", |label| label(field))
    }

    /// What was typed into a field; never a password.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.values
            .iter()
            .find(|(f, _)| *f == field)
            .map(|(_, value)| value.as_str())
    }
}

/// On to the next screen.
pub fn see_other(path: &'static str) -> Outcome {
    Outcome {
        next: Next::SeeOther(path),
        keep: Vec::new(),
    }
}

/// On to what the member wanted to see before the sign-in, or home.
pub fn see_return_to(wanted: Option<ReturnTo>) -> Outcome {
    match wanted {
        None => see_other("/home"),
        Some(wanted) => Outcome {
            next: Next::ReturnTo(wanted),
            keep: vec![CookieChange::NoReturn],
        },
    }
}

/// The same screen again, with the fields' errors.
pub fn try_again<F: Form>(form: &F, errors: Errors) -> Outcome {
    let values = F::FIELDS
        .iter()
        .filter(|field| !field.is_secret())
        .map(|field| (*field, form.value(*field).to_owned()))
        .collect();
    Outcome {
        next: Next::TryAgain(Retry {
            form: F::NAME,
            label: Some(F::label),
            values,
            errors,
            alert: None,
        }),
        keep: Vec::new(),
    }
}

/// The same screen again: what its button stands for is not possible, and why.
pub fn not_possible(refusal: &impl Sentence) -> Outcome {
    Outcome {
        next: Next::TryAgain(Retry {
            alert: Some(refusal.sentence().into_owned()),
            ..Retry::default()
        }),
        keep: Vec::new(),
    }
}

/// The same screen again, which has nothing to do with addresses, and why.
pub fn refused_on_its_page(refusal: &impl Sentence) -> Outcome {
    Outcome {
        next: Next::TryAgain(Retry {
            form: "of its own",
            alert: Some(refusal.sentence().into_owned()),
            ..Retry::default()
        }),
        keep: Vec::new(),
    }
}

/// Not for this visitor.
pub fn forbidden(refusal: Refusal) -> Outcome {
    Outcome {
        next: Next::Forbidden(refusal),
        keep: Vec::new(),
    }
}

/// There is none, or it is somebody else's: nobody is told which.
pub fn not_found() -> Outcome {
    Outcome {
        next: Next::NotFound,
        keep: Vec::new(),
    }
}

/// For somebody who is not signed in as a member: a provisional session may do
/// nothing of a member's, everybody else signs in first.
pub fn sign_in_first(who: &Visitor) -> Outcome {
    match who {
        Visitor::Provisional(_) | Visitor::Reissuing(_) => forbidden(Refusal::NotForYou),
        _ => see_other("/login"),
    }
}

impl Outcome {
    /// The same, with a sentence about the whole form.
    #[must_use]
    pub fn alert(mut self, sentence: String) -> Self {
        if let Next::TryAgain(retry) = &mut self.next {
            retry.alert = Some(sentence);
        }
        self
    }

    /// The same, and the browser carries this from now on.
    #[must_use]
    pub fn keep(mut self, keep: CookieChange) -> Self {
        self.keep.push(keep);
        self
    }
}

/// Where a server function leaves its outcome for the http layer.
#[derive(Clone, Debug, Default)]
pub struct Slot(Arc<Mutex<Option<Outcome>>>);

impl Slot {
    /// The outcome, if a function left one.
    pub fn take(&self) -> Option<Outcome> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn put(&self, outcome: Outcome) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }
}
