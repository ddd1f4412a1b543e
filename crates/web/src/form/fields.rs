//! Fields of forms, after the components of govuk-frontend. The `id` of a field is also its name in the body.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::csrf;

/// What is wrong with a form, above its heading; each error leads to its field. Writes nothing when nothing is wrong.
#[derive(Template, Default)]
#[template(path = "form/error_summary.html")]
pub struct ErrorSummary<'a> {
    /// The field's id and the message that also stands beside the field.
    pub errors: Vec<(&'a str, &'a str)>,
}

/// What a text input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// One line of text.
    Text,
    /// A few characters.
    Short,
    /// An e-mail address.
    Email,
    /// A password; browsers don't show it.
    Password,
    /// A code that was sent to the reader; phones offer it from the message.
    Code,
}

/// One line of text.
#[derive(Template)]
#[template(path = "form/text_input.html")]
pub struct TextInput<'a> {
    id: &'a str,
    label: &'a str,
    kind: InputKind,
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    autocomplete: Option<&'a str>,
}

impl<'a> TextInput<'a> {
    /// An empty input.
    pub fn new(id: &'a str, label: &'a str, kind: InputKind) -> Self {
        let autocomplete = match kind {
            InputKind::Email => Some("email"),
            InputKind::Password => Some("current-password"),
            InputKind::Text | InputKind::Short | InputKind::Code => Some("off"),
        };
        Self { id, label, kind, value: "", hint: None, error: None, autocomplete }
    }

    /// What stands in it; never given for a password or a code.
    pub fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    /// Help below the label.
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// What is wrong with it.
    pub fn error(self, error: Option<&'a str>) -> Self {
        Self { error, ..self }
    }

    /// What browsers may fill in (HTML, section 4.10.18.7), such as `name` or `tel`.
    pub fn autocomplete(self, autocomplete: &'a str) -> Self {
        Self { autocomplete: Some(autocomplete), ..self }
    }

    fn is_code(&self) -> bool {
        self.kind == InputKind::Code
    }

    fn html_type(&self) -> &'static str {
        match self.kind {
            InputKind::Email => "email",
            InputKind::Password => "password",
            InputKind::Text | InputKind::Short | InputKind::Code => "text",
        }
    }

    fn classes(&self) -> &'static str {
        match self.kind {
            InputKind::Code => " govuk-input--width-10 app-code",
            InputKind::Short => " govuk-input--width-10",
            InputKind::Text | InputKind::Email | InputKind::Password => "",
        }
    }
}

/// Several lines of text.
#[derive(Template)]
#[template(path = "form/text_area.html")]
pub struct TextArea<'a> {
    /// Id and name.
    pub id: &'a str,
    /// The label.
    pub label: &'a str,
    /// Lines shown.
    pub rows: u8,
    /// What stands in it.
    pub value: &'a str,
    /// Help below the label.
    pub hint: Option<&'a str>,
    /// What is wrong with it.
    pub error: Option<&'a str>,
}

/// One of several answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is shown.
    pub text: &'a str,
    /// Help below it.
    pub hint: Option<&'a str>,
    /// Whether it is chosen already.
    pub chosen: bool,
}

impl<'a> Choice<'a> {
    /// A choice without help, not chosen.
    pub const fn new(value: &'a str, text: &'a str) -> Self {
        Self { value, text, hint: None, chosen: false }
    }
}

/// A question with radio buttons (one answer) or tick boxes (any number).
#[derive(Template)]
#[template(path = "form/options.html")]
pub struct Options<'a> {
    id: &'a str,
    legend: &'a str,
    choices: &'a [Choice<'a>],
    any_number: bool,
    heading: bool,
    inline: bool,
    hint: Option<&'a str>,
    error: Option<&'a str>,
}

impl<'a> Options<'a> {
    /// Radio buttons.
    pub fn one_of(id: &'a str, legend: &'a str, choices: &'a [Choice<'a>]) -> Self {
        Self {
            id,
            legend,
            choices,
            any_number: false,
            heading: false,
            inline: false,
            hint: None,
            error: None,
        }
    }

    /// Tick boxes.
    pub fn any_of(id: &'a str, legend: &'a str, choices: &'a [Choice<'a>]) -> Self {
        Self { any_number: true, ..Self::one_of(id, legend, choices) }
    }

    /// Makes the question the heading of the page.
    pub fn heading(self) -> Self {
        Self { heading: true, ..self }
    }

    /// Sets radio buttons side by side, for two short answers.
    pub fn inline(self) -> Self {
        Self { inline: !self.any_number, ..self }
    }

    /// Help below the question.
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// What is wrong with the answer.
    pub fn error(self, error: Option<&'a str>) -> Self {
        Self { error, ..self }
    }

    fn block(&self) -> &'static str {
        if self.any_number { "checkboxes" } else { "radios" }
    }

    fn html_type(&self) -> &'static str {
        if self.any_number { "checkbox" } else { "radio" }
    }

    /// The first has the question's own id, so that the error summary leads to it.
    fn choice_id(&self, index: &usize) -> String {
        if *index == 0 { self.id.to_owned() } else { format!("{}-{}", self.id, index + 1) }
    }
}

/// One answer from a long list.
#[derive(Template)]
#[template(path = "form/select.html")]
pub struct Select<'a> {
    /// Id and name.
    pub id: &'a str,
    /// The label.
    pub label: &'a str,
    /// The answers; help below them is not shown.
    pub choices: &'a [Choice<'a>],
    /// Help below the label.
    pub hint: Option<&'a str>,
    /// What is wrong with the answer.
    pub error: Option<&'a str>,
}

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do on the page.
    Main,
    /// Something else.
    Secondary,
    /// Something that can't be taken back.
    Warning,
}

/// Sends the form.
#[derive(Template)]
#[template(path = "form/button.html")]
pub struct Button<'a> {
    text: &'a str,
    kind: ButtonKind,
    sends: Option<(&'a str, &'a str)>,
}

impl<'a> Button<'a> {
    /// A button.
    pub const fn new(text: &'a str, kind: ButtonKind) -> Self {
        Self { text, kind, sends: None }
    }

    /// Says which of several buttons was pressed.
    pub const fn sends(self, name: &'a str, value: &'a str) -> Self {
        Self { sends: Some((name, value)), ..self }
    }

    fn classes(&self) -> &'static str {
        match self.kind {
            ButtonKind::Main => "",
            ButtonKind::Secondary => " govuk-button--secondary",
            ButtonKind::Warning => " govuk-button--warning",
        }
    }
}

/// A field that is sent and not shown.
#[derive(Template, Clone)]
#[template(path = "form/hidden.html")]
pub struct Hidden<'a> {
    name: &'a str,
    value: String,
}

impl<'a> Hidden<'a> {
    /// Any field.
    pub fn new(name: &'a str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }

    /// The token that [`super::Fields::verify`] asks for with the same secret and purpose.
    pub fn token(secret: &[u8], purpose: &str) -> Self {
        Self { name: csrf::FIELD, value: csrf::token(secret, purpose) }
    }
}

impl fmt::Debug for Hidden<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hidden").field("name", &self.name).finish_non_exhaustive()
    }
}

impl HtmlSafe for ErrorSummary<'_> {}
impl HtmlSafe for TextInput<'_> {}
impl HtmlSafe for TextArea<'_> {}
impl HtmlSafe for Options<'_> {}
impl HtmlSafe for Select<'_> {}
impl HtmlSafe for Button<'_> {}
impl HtmlSafe for Hidden<'_> {}
