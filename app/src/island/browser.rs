//! The island's side of the browser: reads fields, runs the checks, writes messages.

use domain::{
    forms::{Field, Note, Tone, judge},
    text,
};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlButtonElement, HtmlFormElement, HtmlInputElement, InputEvent};

/// A field that was left or sent is judged from then on, even when it is empty.
const JUDGED: &str = "data-judged";
/// The server has said something about what stands in this field. It knows more
/// than the rules do (an ID that is taken, a password that it does not send
/// back), so its word stands until the field is changed.
const ANSWERED: &str = "data-answered";

/// When the form was sent, in milliseconds since the page began.
const SENT_AT: &str = "data-sent-at";
/// Whoever sends again so soon did not mean it.
const DOUBLE_CLICK_MS: u32 = 1500;

/// A form that is looked after.
const STARTED: &str = "data-started";
/// The next one that is not: of several on a page, each has an island of its own.
const NEXT: &str = "form[data-form]:not([data-started])";

/// Judges what was typed before the client was there, and uncovers the buttons
/// that need it.
pub(super) fn start() {
    let Some(form) = document().query_selector(NEXT).ok().flatten() else {
        return;
    };
    let Ok(form) = form.dyn_into::<HtmlFormElement>() else {
        return;
    };
    let _ = form.set_attribute(STARTED, "");
    if let Ok(buttons) = form.query_selector_all("button.reveal[hidden]") {
        for i in 0..buttons.length() {
            if let Some(button) = buttons.get(i) {
                let _ = button
                    .unchecked_into::<Element>()
                    .remove_attribute("hidden");
            }
        }
    }
    for (field, _) in judge(&name_of(&form), &|_| String::new()) {
        if let Some(input) = input(&form, field)
            && input.has_attribute("aria-invalid")
            && input.value() == input.default_value()
        {
            let _ = input.set_attribute(ANSWERED, "");
        }
    }
    show(&form, |input| !input.value().is_empty());
    listen(&form);
}

/// One listener for everything, on the form itself: leptos' `on:` would bring
/// code for each kind of event.
fn listen(form: &HtmlFormElement) {
    let heard = Closure::<dyn Fn(Event)>::new(|event: Event| match event.type_().as_str() {
        "input" => on_input(&event),
        "compositionend" => judge_field(&event),
        "focusout" => on_leave(&event),
        "click" => on_click(&event),
        _ => on_submit(&event),
    });
    for kind in ["input", "compositionend", "focusout", "click", "submit"] {
        let _ = form.add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref());
    }
    // The listener lives as long as the page.
    heard.forget();
}

/// A keystroke, a paste, an autofill. In the middle of a composition (かな → 漢字)
/// nobody is judged; but an Android keyboard composes Latin letters too, and what is ASCII
/// is what it will be. What was said of the field before is no longer true.
fn on_input(event: &Event) {
    let composing = event
        .dyn_ref::<InputEvent>()
        .is_some_and(InputEvent::is_composing);
    match origin(event) {
        Some((_, field)) if composing && !field.value().is_ascii() => {
            let _ = field.remove_attribute(ANSWERED);
            write(&field, None);
        }
        _ => judge_field(event),
    }
}

/// Judges the field that was changed, and those that depend on it.
fn judge_field(event: &Event) {
    if let Some((form, field)) = origin(event) {
        let _ = field.remove_attribute(ANSWERED);
        show(&form, |input| *input == field || is_to_be_judged(input));
    }
}

/// Leaving a field: from now on it is judged even when it is empty.
fn on_leave(event: &Event) {
    if let Some((form, field)) = origin(event) {
        let _ = field.set_attribute(JUDGED, "");
        show(&form, is_to_be_judged);
    }
}

fn is_to_be_judged(input: &HtmlInputElement) -> bool {
    !input.value().is_empty() || input.has_attribute(JUDGED)
}

/// 表示, 隠す and 半角に直す.
fn on_click(event: &Event) {
    let Some(button) = event
        .target()
        .and_then(|t| t.dyn_into::<HtmlButtonElement>().ok())
    else {
        return;
    };
    if button.class_name() == "reveal" {
        reveal(&button);
    } else if button.class_name() == "fix" {
        fix(&button);
    }
}

/// Sending: what fails stays, with the focus on the first field that is wrong.
fn on_submit(event: &Event) {
    let Some(form) = event
        .target()
        .and_then(|t| t.dyn_into::<HtmlFormElement>().ok())
    else {
        return;
    };
    if let Some(wrong) = show(&form, |_| true) {
        event.prevent_default();
        let _ = wrong.focus();
        return;
    }
    // The second click of a double click: one try too many, of the same.
    // Whole milliseconds: to print and read fractions takes 20 kB of code.
    let now = event.time_stamp() as u32;
    let before: Option<u32> = form.get_attribute(SENT_AT).and_then(|at| at.parse().ok());
    if before.is_some_and(|before| now.saturating_sub(before) < DOUBLE_CLICK_MS) {
        event.prevent_default();
        return;
    }
    let _ = form.set_attribute(SENT_AT, &now.to_string());
}

/// Runs the form's check, writes the messages of the fields that `wanted` picks,
/// and gives the first of them that is wrong.
fn show(
    form: &HtmlFormElement,
    wanted: impl Fn(&HtmlInputElement) -> bool,
) -> Option<HtmlInputElement> {
    let mut first_wrong = None;
    for (field, note) in judge_now(form) {
        let Some(input) = input(form, field).filter(&wanted) else {
            continue;
        };
        let is_wrong = note.as_ref().is_some_and(|note| note.tone == Tone::Error);
        let rules_know_better = is_wrong && !input.value().is_empty();
        if rules_know_better || !input.has_attribute(ANSWERED) {
            write(&input, note.as_ref());
        }
        if is_wrong && first_wrong.is_none() {
            first_wrong = Some(input);
        }
    }
    first_wrong
}

/// The notes beside all fields, as they stand now.
fn judge_now(form: &HtmlFormElement) -> Vec<(Field, Option<Note>)> {
    judge(&name_of(form), &|field| {
        input(form, field)
            .map(|input| input.value())
            .unwrap_or_default()
    })
}

fn name_of(form: &HtmlFormElement) -> String {
    form.get_attribute("data-form").unwrap_or_default()
}

fn write(input: &HtmlInputElement, note: Option<&Note>) {
    let tone = note.map(|note| note.tone);
    if tone == Some(Tone::Error) {
        let _ = input.set_attribute("aria-invalid", "true");
    } else {
        let _ = input.remove_attribute("aria-invalid");
    }
    let Some(line) = document().get_element_by_id(&message_id(input)) else {
        return;
    };
    line.set_class_name(match tone {
        None => "message",
        Some(Tone::Error) => "message is-error",
        Some(Tone::Hint) => "message is-hint",
        Some(Tone::Good) => "message is-good",
    });
    let sentence = note.map(|note| note.text.as_ref());
    let said = line.first_child().and_then(|text| text.node_value());
    // Written only when it changes: a screen reader would read it out again.
    if said.as_deref() != sentence {
        line.set_text_content(sentence);
    }
    let helps = note.is_some_and(|note| note.half_width.is_some());
    match line.last_element_child() {
        None if helps => offer_fix(&line),
        Some(button) if !helps => button.remove(),
        _ => {}
    }
}

fn offer_fix(line: &Element) {
    let Ok(button) = document().create_element("button") else {
        return;
    };
    let _ = button.set_attribute("type", "button");
    button.set_class_name("fix");
    button.set_text_content(Some(text::FIX_HALF_WIDTH));
    let _ = line.append_child(&button);
}

/// Puts the half-width form into the field.
fn fix(button: &HtmlButtonElement) {
    let Some(line) = button.parent_element() else {
        return;
    };
    let id = line.id();
    let Some(name) = id.strip_suffix("-error") else {
        return;
    };
    let Some(form) = button.closest("form").ok().flatten() else {
        return;
    };
    let form = form.unchecked_into::<HtmlFormElement>();
    for (field, note) in judge_now(&form) {
        if field.name() != name {
            continue;
        }
        if let (Some(input), Some(half)) = (input(&form, field), note.and_then(|n| n.half_width)) {
            input.set_value(&half);
            let _ = input.remove_attribute(ANSWERED);
            let _ = input.focus();
            show(&form, is_to_be_judged);
        }
    }
}

fn reveal(button: &HtmlButtonElement) {
    let name = button.get_attribute("aria-controls").unwrap_or_default();
    let Some(input) = document().get_element_by_id(&name) else {
        return;
    };
    let input = input.unchecked_into::<HtmlInputElement>();
    let shown = input.type_() == "password";
    input.set_type(if shown { "text" } else { "password" });
    if let Some(word) = button.last_child() {
        word.set_node_value(Some(if shown { text::HIDE } else { text::SHOW }));
    }
}

fn origin(event: &Event) -> Option<(HtmlFormElement, HtmlInputElement)> {
    let field = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    Some((field.form()?, field))
}

fn input(form: &HtmlFormElement, field: Field) -> Option<HtmlInputElement> {
    form.elements().named_item(field.name())?.dyn_into().ok()
}

fn message_id(input: &HtmlInputElement) -> String {
    [&input.name(), "-error"].concat()
}
