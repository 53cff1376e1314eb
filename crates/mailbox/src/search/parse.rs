//! The grammar of the search field. Whatever is typed means something: what is not understood is searched as text or
//! left out, and a hint says so and where.
//!
//! Words are joined by *and*, each matching from the start of words; `"exact phrase"`, `"words the last of which goes
//! on"*`, `-word`, `OR` or `ELLER`, parentheses, and operators in English and Norwegian, whatever the language of the
//! window.

use super::near::nearest;
use super::operator::{OPERATORS, Operator};
use crate::view::{SearchHint, SearchHintKind};
use std::ops::Range;

/// Parentheses within parentheses; deeper ones are not looked at.
const DEPTH: usize = 20;
/// Words and operators of one search; what comes after is not looked at.
const LEAVES: usize = 64;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All must hold; none given: everything holds.
    All(Vec<Expr>),
    /// One must hold.
    Any(Vec<Expr>),
    /// Must not hold.
    Not(Box<Expr>),
    /// One condition.
    Leaf(Leaf),
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Words next to each other; the last may go on.
    Words(String),
    /// Words next to each other, as they stand.
    Phrase(String),
    /// A condition on one property.
    Field {
        /// Which.
        operator: Operator,
        /// As typed, without quotes.
        value: String,
    },
    /// An organisation, by nine digits.
    Organisation(String),
    /// A person, by eleven digits.
    Person(String),
}

/// What was typed, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The question.
    pub expr: Expr,
    /// About what was not understood.
    pub hints: Vec<SearchHint>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Or,
    Minus,
    Leaf(Leaf),
}

/// Reads what was typed.
pub fn parse(text: &str) -> Parsed {
    let mut hints = Vec::new();
    let tokens = join_numbers(tokens(text, &mut hints));
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        is_too_deep: false,
    };
    let mut parts = vec![parser.any(0)];
    // A closing parenthesis too many ends nothing.
    while parser.tokens.next().is_some() {
        parts.push(parser.any(0));
    }
    if parser.is_too_deep {
        hints.push(hint(SearchHintKind::Depth, text, 0..text.len()));
    }
    Parsed {
        expr: all(parts),
        hints,
    }
}

/// A hint about a range of bytes of `text`.
fn hint(kind: SearchHintKind, text: &str, range: Range<usize>) -> SearchHint {
    let units = |until: usize| {
        let before = text.get(..until).unwrap_or_default();
        u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
    };
    SearchHint {
        kind,
        typed: text.get(range.clone()).unwrap_or_default().to_owned(),
        suggestion: None,
        start: units(range.start),
        end: units(range.end),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    is_too_deep: bool,
}

impl Parser {
    fn any(&mut self, depth: usize) -> Expr {
        let mut parts = Vec::new();
        loop {
            let part = self.all(depth);
            // Nothing on one side of an OR: it is still being typed.
            if part != Expr::All(Vec::new()) {
                parts.push(part);
            }
            if self.tokens.next_if_eq(&Token::Or).is_none() {
                break;
            }
        }
        match parts.len() {
            0 => Expr::All(Vec::new()),
            1 => parts.pop().unwrap_or(Expr::All(Vec::new())),
            _ => Expr::Any(parts),
        }
    }

    fn all(&mut self, depth: usize) -> Expr {
        let mut parts = Vec::new();
        while let Some(token) = self
            .tokens
            .next_if(|token| !matches!(token, Token::Or | Token::Close))
        {
            parts.extend(self.one(token, depth));
        }
        all(parts)
    }

    fn one(&mut self, token: Token, depth: usize) -> Option<Expr> {
        match token {
            Token::Leaf(leaf) => Some(Expr::Leaf(leaf)),
            Token::Minus => {
                let token = self
                    .tokens
                    .next_if(|token| matches!(token, Token::Open | Token::Leaf(_)))?;
                let inner = self.one(token, depth)?;
                (inner != Expr::All(Vec::new())).then(|| Expr::Not(Box::new(inner)))
            }
            Token::Open if depth < DEPTH => {
                let inner = self.any(depth + 1);
                self.tokens.next_if_eq(&Token::Close);
                Some(inner)
            }
            Token::Open => {
                self.is_too_deep = true;
                None
            }
            Token::Close | Token::Or => None,
        }
    }
}

fn all(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::All(parts) => flat.extend(parts),
            part => flat.push(part),
        }
    }
    match flat.len() {
        1 => flat.pop().unwrap_or(Expr::All(Vec::new())),
        _ => Expr::All(flat),
    }
}

fn tokens(text: &str, hints: &mut Vec<SearchHint>) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    let mut leaves = 0;
    while let Some(first) = rest.chars().next() {
        if leaves == LEAVES || out.len() == 8 * LEAVES {
            hints.push(hint(
                SearchHintKind::Length,
                text,
                text.len() - rest.len()..text.len(),
            ));
            break;
        }
        let before = out.len();
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            '(' => {
                out.push(Token::Open);
                rest = after;
            }
            ')' => {
                out.push(Token::Close);
                rest = after;
            }
            '-' | '−' if after.starts_with(|c: char| !c.is_whitespace() && c != '-') => {
                out.push(Token::Minus);
                rest = after;
            }
            '"' | '«' | '»' | '“' | '”' => {
                let (phrase, tail) = quoted(after);
                let open = tail.strip_prefix('*');
                if !phrase.trim().is_empty() {
                    let phrase = phrase.to_owned();
                    out.push(Token::Leaf(match open {
                        Some(_) => Leaf::Words(phrase),
                        None => Leaf::Phrase(phrase),
                    }));
                }
                rest = open.unwrap_or(tail);
            }
            _ => {
                let (leaf, tail) = word(text, rest, hints);
                out.extend(leaf);
                rest = tail;
            }
        }
        leaves += out
            .iter()
            .skip(before)
            .filter(|token| matches!(token, Token::Leaf(_)))
            .count();
        rest = rest.trim_start();
    }
    out
}

/// What stands before the closing quote, and what follows it; a quote that is not closed yet takes the rest.
fn quoted(text: &str) -> (&str, &str) {
    let end = text.find(['"', '«', '»', '“', '”']).unwrap_or(text.len());
    let (phrase, tail) = text.split_at(end);
    let mut tail = tail.chars();
    tail.next();
    (phrase, tail.as_str())
}

pub(super) fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"' | '«' | '»' | '“' | '”')
}

/// A word or operator at the beginning of `rest`, which is the end of `text`.
fn word<'a>(text: &str, rest: &'a str, hints: &mut Vec<SearchHint>) -> (Option<Token>, &'a str) {
    let end = rest.find(is_end).unwrap_or(rest.len());
    let (word, tail) = rest.split_at(end);
    if matches!(word, "OR" | "ELLER") {
        return (Some(Token::Or), tail);
    }
    let Some((name, value)) = word.split_once(':') else {
        return (Some(Token::Leaf(plain(word))), tail);
    };
    let is_name = name.chars().all(char::is_alphabetic) && !name.is_empty();
    if !is_name || value.starts_with("//") {
        return (Some(Token::Leaf(plain(word))), tail);
    }
    let (value, tail) = match tail.chars().next() {
        Some(quote @ ('"' | '«' | '“')) if value.is_empty() => {
            quoted(tail.get(quote.len_utf8()..).unwrap_or_default())
        }
        _ => (value, tail),
    };
    // Nothing after the colon: it is still being typed.
    if value.trim().is_empty() {
        return (None, tail);
    }
    let start = text.len() - rest.len();
    let lower = name.to_lowercase();
    let known = OPERATORS.iter().find(|(known, _)| *known == lower);
    let leaf = match known {
        Some((_, operator)) => {
            let value = value.trim().to_owned();
            if operator.takes(&value) {
                Leaf::Field {
                    operator: *operator,
                    value,
                }
            } else {
                let kind = if operator.takes_days() {
                    SearchHintKind::Day
                } else {
                    SearchHintKind::Value
                };
                let near = operator
                    .values()
                    .and_then(|values| nearest(&value.to_lowercase(), values));
                hints.push(SearchHint {
                    suggestion: near.map(|near| format!("{lower}:{near}")),
                    ..hint(kind, text, start..text.len() - tail.len())
                });
                Leaf::Words(value)
            }
        }
        None => {
            let near = nearest(&lower, OPERATORS.iter().map(|(known, _)| *known));
            hints.push(SearchHint {
                suggestion: near.map(|near| format!("{near}:")),
                ..hint(
                    SearchHintKind::Operator,
                    text,
                    start..start + name.len() + 1,
                )
            });
            Leaf::Words(word_with(&lower, value))
        }
    };
    (Some(Token::Leaf(leaf)), tail)
}

fn word_with(name: &str, value: &str) -> String {
    format!("{name} {value}")
}

/// A bare word; nine digits are an organisation, eleven a person.
fn plain(word: &str) -> Leaf {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.len() {
        9 if is_number => Leaf::Organisation(word.to_owned()),
        11 if is_number => Leaf::Person(word.to_owned()),
        _ => Leaf::Words(word.to_owned()),
    }
}

/// `974 760 673` and `010190 12345` are numbers as people write them.
fn join_numbers(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        out.push(token);
        for groups in [&[3, 3, 3][..], &[6, 5][..]] {
            let Some(start) = out.len().checked_sub(groups.len()) else {
                continue;
            };
            let digits: Option<String> = out
                .iter()
                .skip(start)
                .zip(groups)
                .map(|(token, length)| match token {
                    Token::Leaf(Leaf::Words(text))
                        if text.len() == *length && text.bytes().all(|b| b.is_ascii_digit()) =>
                    {
                        Some(text.as_str())
                    }
                    _ => None,
                })
                .collect();
            if let Some(digits) = digits {
                out.truncate(start);
                out.push(Token::Leaf(plain(&digits)));
                break;
            }
        }
    }
    out
}
