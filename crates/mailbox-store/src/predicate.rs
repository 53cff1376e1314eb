//! Questions about letters, as a tree that the store turns into one statement.

use crate::asked::Asked;
use rusqlite::types::Value;

/// A part of a letter that text is searched in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Title.
    Title,
    /// Summary and body.
    Body,
    /// Sender: name, name shown, organisation number.
    Sender,
    /// Recipient: name, organisation number.
    Recipient,
    /// Sender's reference.
    Reference,
    /// Names of files.
    File,
}

/// Where letters lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Received, not put away, not deleted.
    Inbox,
    /// Those of the inbox that are unread.
    Unread,
    /// Our confirmation is asked for and not given, wherever the letter lies.
    NeedsConfirmation,
    /// Due between `now` and `until` and not confirmed, or passed and awaiting our confirmation.
    DueSoon {
        /// Now.
        now: i64,
        /// End of what is soon.
        until: i64,
    },
    /// Received and confidential.
    Confidential,
    /// Put away here.
    Archive,
    /// Sent and published by `now`.
    Sent {
        /// Now.
        now: i64,
    },
    /// Accepted by Altinn with a publish time after `now`.
    Scheduled {
        /// Now.
        now: i64,
    },
    /// Sent, and failed at Altinn.
    Failed,
    /// All received letters of a service that are not deleted.
    Service(String),
    /// All letters that are not deleted.
    Everywhere,
}

/// What must hold of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// All must hold; an empty list holds.
    All(Vec<Predicate>),
    /// One must hold; an empty list does not.
    Any(Vec<Predicate>),
    /// Must not hold.
    Not(Box<Predicate>),
    /// Holds the words of `text` next to each other and in this order, in one of the columns (all when none).
    Text {
        /// Where.
        column: Option<Column>,
        /// Words.
        text: String,
        /// The last word may go on.
        is_prefix: bool,
    },
    /// Lies there.
    In(Scope),
    /// Unread here.
    Unread,
    /// Received and not unread.
    Read,
    /// Awaiting our confirmation.
    Awaiting,
    /// Confirmed here or at Altinn.
    Confirmed,
    /// Confidential and opened by nobody.
    Sealed,
    /// Sent by us.
    Sent,
    /// Failed at Altinn.
    Failed,
    /// Has files.
    Attachment,
    /// Has a due date.
    Due,
    /// Has reply links.
    ReplyLinks,
    /// Has or had one of these statuses at Altinn, in its words.
    Status(&'static [&'static str]),
    /// Time shown is in `from..to`.
    At {
        /// Included.
        from: Option<i64>,
        /// Not included.
        to: Option<i64>,
    },
    /// Due date is in `from..to`.
    DueAt {
        /// Included.
        from: Option<i64>,
        /// Not included.
        to: Option<i64>,
    },
    /// Sent or received by the party of this URN.
    Party(String),
    /// Resource id begins with the text, or the title of the service holds it; `text` is folded by the store.
    Service {
        /// Beginning of an id, or part of a title.
        text: String,
    },
}

/// All letters of a kind in some places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawers {
    pub(crate) places: &'static [&'static str],
    pub(crate) kind: Kind,
}

/// The kinds of letters that the calendar counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Any,
    Unread,
    Awaiting,
}

/// A predicate as SQL over `message m`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clause {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

/// What a part of a predicate becomes: pure text goes to the index as one expression.
enum Part {
    Text(Asked),
    Sql(Clause),
}

impl Predicate {
    #[cfg(test)]
    fn clause(&self) -> Clause {
        self.part().into_clause()
    }

    /// The drawers that this is nothing but the whole of, if it is that.
    pub(crate) fn only_scope(&self) -> Option<Drawers> {
        match self {
            Self::In(scope) => scope.drawers(),
            Self::All(parts) => {
                let mut parts = parts
                    .iter()
                    .filter(|part| !matches!(part, Self::All(parts) if parts.is_empty()));
                match (parts.next(), parts.next()) {
                    (Some(part), None) => part.only_scope(),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What the index is asked, if anything, and what must hold besides.
    pub(crate) fn split(&self) -> (Option<Asked>, Clause) {
        match self {
            Self::All(_) => {
                let mut gathered = Gathered::default();
                gathered.all(self);
                let (text, clauses) = gathered.text();
                (text, joined(clauses, "AND", "1"))
            }
            single => match single.part() {
                Part::Text(text) => (Some(text), joined(Vec::new(), "AND", "1")),
                Part::Sql(clause) => (None, clause),
            },
        }
    }

    fn part(&self) -> Part {
        match self {
            Self::All(_) => {
                let mut gathered = Gathered::default();
                gathered.all(self);
                match gathered.text() {
                    (Some(text), clauses) if clauses.is_empty() => Part::Text(text),
                    (text, mut clauses) => {
                        clauses.extend(text.map(|text| Part::Text(text).into_clause()));
                        Part::Sql(joined(clauses, "AND", "1"))
                    }
                }
            }
            Self::Any(parts) => any(parts),
            Self::Not(inner) => Part::Sql(inner.part().into_clause().negated()),
            Self::Text {
                column,
                text,
                is_prefix,
            } => match Asked::phrase(*column, text, *is_prefix) {
                Some(asked) => Part::Text(asked),
                // Signs alone are in no index.
                None => sql("1", vec![]),
            },
            Self::In(scope) => scope.part(),
            Self::Unread => sql("m.is_unread", vec![]),
            Self::Read => sql("m.role = 'received' AND NOT m.is_unread", vec![]),
            Self::Awaiting => sql("m.is_awaiting", vec![]),
            Self::Confirmed => sql(
                "(m.confirmed_at IS NOT NULL OR m.confirm_asked_at IS NOT NULL)",
                vec![],
            ),
            Self::Sealed => sql("m.is_sealed", vec![]),
            Self::Sent => sql("m.role = 'sent'", vec![]),
            Self::Failed => sql("m.failed_at IS NOT NULL", vec![]),
            Self::Attachment => sql("m.attachment_count > 0", vec![]),
            Self::Due => sql("m.due_at IS NOT NULL", vec![]),
            Self::ReplyLinks => sql("m.reply_links_json <> '[]'", vec![]),
            Self::Status(statuses) => {
                let marks = vec!["?"; statuses.len()].join(", ");
                let values = statuses
                    .iter()
                    .map(|status| Value::from((*status).to_owned()));
                // The present one comes from a list; the history only with the letter.
                sql(
                    &format!(
                        "m.status IN ({marks}) OR EXISTS (SELECT 1 FROM message_history h WHERE h.message = m.key AND h.status IN ({marks}))"
                    ),
                    values.clone().chain(values).collect(),
                )
            }
            Self::At { from, to } => between("m.at", *from, *to),
            Self::DueAt { from, to } => between("m.due_at", *from, *to),
            Self::Party(urn) => sql(
                "(m.sender = (SELECT key FROM party WHERE urn = ?) OR m.recipient = (SELECT key FROM party WHERE urn = ?))",
                vec![Value::from(urn.clone()), Value::from(urn.clone())],
            ),
            Self::Service { text } => {
                let text = Value::from(text.to_lowercase());
                sql(
                    "m.service IN (SELECT key FROM service WHERE substr(lower(resource), 1, length(?)) = ?
                       OR instr(lower(title_nb), ?) OR instr(lower(title_nn), ?) OR instr(lower(title_en), ?))",
                    vec![text.clone(), text.clone(), text.clone(), text.clone(), text],
                )
            }
        }
    }
}

impl Scope {
    /// The drawers that make it up, where the calendar knows them.
    fn drawers(&self) -> Option<Drawers> {
        let whole = |places| {
            Some(Drawers {
                places,
                kind: Kind::Any,
            })
        };
        match self {
            Self::Inbox => whole(&["inbox"]),
            Self::Archive => whole(&["archive"]),
            Self::Failed => whole(&["failed"]),
            Self::Everywhere => whole(&["inbox", "archive", "sent", "failed"]),
            Self::Unread => Some(Drawers {
                places: &["inbox"],
                kind: Kind::Unread,
            }),
            Self::NeedsConfirmation => Some(Drawers {
                places: &["inbox", "archive"],
                kind: Kind::Awaiting,
            }),
            _ => None,
        }
    }

    fn part(&self) -> Part {
        match self {
            Self::Inbox => sql("m.place = 'inbox'", vec![]),
            Self::Unread => sql("m.place = 'inbox' AND m.is_unread", vec![]),
            Self::NeedsConfirmation => sql("m.is_awaiting AND m.place IN ('inbox', 'archive')", vec![]),
            Self::DueSoon { now, until } => sql(
                // Answered by an index alone: what is over and was not confirmed grows with the mailbox.
                "m.role = 'received' AND m.place IN ('inbox', 'archive') AND m.due_at IS NOT NULL AND (
                   (m.is_awaiting = 1 AND m.due_at < ?)
                   OR (m.is_awaiting IN (0, 1) AND m.due_at >= ? AND m.due_at < ? AND m.confirmed_at IS NULL))",
                vec![
                    Value::from(*now),
                    Value::from(*now),
                    Value::from(*until),
                ],
            ),
            Self::Confidential => sql(
                "m.role = 'received' AND m.is_confidential AND m.place IN ('inbox', 'archive')",
                vec![],
            ),
            Self::Archive => sql("m.place = 'archive'", vec![]),
            Self::Sent { now } => sql("m.place = 'sent' AND m.at <= ?", vec![Value::from(*now)]),
            Self::Scheduled { now } => {
                sql("m.place = 'sent' AND m.at > ?", vec![Value::from(*now)])
            }
            Self::Failed => sql("m.place = 'failed'", vec![]),
            Self::Service(resource) => sql(
                "m.service = (SELECT key FROM service WHERE resource = ?) AND m.place IN ('inbox', 'archive')",
                vec![Value::from(resource.clone())],
            ),
            Self::Everywhere => sql("m.place IN ('inbox', 'archive', 'sent', 'failed')", vec![]),
        }
    }
}

impl Part {
    fn into_clause(self) -> Clause {
        match self {
            Self::Sql(clause) => clause,
            Self::Text(asked) => {
                let (sql, values) = asked.condition();
                Clause {
                    sql,
                    values: values.into_iter().map(Value::from).collect(),
                }
            }
        }
    }
}

fn sql(text: &str, values: Vec<Value>) -> Part {
    Part::Sql(Clause {
        sql: text.to_owned(),
        values,
    })
}

fn between(column: &str, from: Option<i64>, to: Option<i64>) -> Part {
    let mut tests = vec![format!("{column} IS NOT NULL")];
    let mut values = Vec::new();
    for (bound, sign) in [(from, ">="), (to, "<")] {
        if let Some(bound) = bound {
            tests.push(format!("{column} {sign} ?"));
            values.push(Value::from(bound));
        }
    }
    sql(&tests.join(" AND "), values)
}

/// The parts of a conjunction, by what answers them.
#[derive(Default)]
struct Gathered {
    texts: Vec<Asked>,
    without: Vec<Asked>,
    clauses: Vec<Clause>,
}

impl Gathered {
    fn all(&mut self, predicate: &Predicate) {
        match predicate {
            Predicate::All(parts) => parts.iter().for_each(|part| self.all(part)),
            Predicate::Not(inner) => match inner.part() {
                Part::Text(text) => self.without.push(text),
                Part::Sql(clause) => self.clauses.push(clause.negated()),
            },
            other => match other.part() {
                Part::Text(text) => self.texts.push(text),
                Part::Sql(clause) => self.clauses.push(clause),
            },
        }
    }

    /// One question to the index, and the rest.
    fn text(mut self) -> (Option<Asked>, Vec<Clause>) {
        let (text, left) = match Asked::all(self.texts) {
            Some(asked) => {
                let (asked, left) = asked.but(self.without);
                (Some(asked), left)
            }
            None => (None, self.without),
        };
        self.clauses.extend(
            left.into_iter()
                .map(|asked| Part::Text(asked).into_clause().negated()),
        );
        (text, self.clauses)
    }
}

fn any(parts: &[Predicate]) -> Part {
    let mut texts = Vec::new();
    let mut clauses = Vec::new();
    for part in parts {
        match part.part() {
            Part::Text(text) => texts.push(text),
            Part::Sql(clause) => clauses.push(clause),
        }
    }
    match Asked::any(texts) {
        Ok(Some(text)) if clauses.is_empty() => return Part::Text(text),
        Ok(text) => clauses.extend(text.map(|text| Part::Text(text).into_clause())),
        Err(texts) => {
            clauses.extend(texts.into_iter().map(|text| Part::Text(text).into_clause()));
        }
    }
    Part::Sql(joined(clauses, "OR", "0"))
}

fn joined(clauses: Vec<Clause>, word: &str, empty: &str) -> Clause {
    let mut all = Clause::default();
    for clause in clauses {
        if !all.sql.is_empty() {
            all.sql.push_str(&format!(" {word} "));
        }
        all.sql.push_str(&format!("({})", clause.sql));
        all.values.extend(clause.values);
    }
    if all.sql.is_empty() {
        all.sql.push_str(empty);
    }
    all
}

impl Clause {
    fn negated(mut self) -> Self {
        // What is unknown does not hold, so its opposite does.
        self.sql = format!("NOT ifnull({}, 0)", self.sql);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Predicate {
        Predicate::Text {
            column: None,
            text: text.to_owned(),
            is_prefix: true,
        }
    }

    #[test]
    fn pure_text_is_one_question_to_the_index() {
        let clause = Predicate::All(vec![
            text("Årsmøte"),
            Predicate::Any(vec![text("a\" OR b"), text("cdef*")]),
        ])
        .clause();
        assert_eq!(
            clause.values,
            vec![Value::from(
                "(\"årsmøte\" *) AND ((\"a or b\" *) OR (\"cdef\" *))".to_owned()
            )],
            "typed signs must never become operators of the index"
        );
        assert_eq!(
            clause.sql.matches("MATCH").count(),
            1,
            "one lookup is quicker than three"
        );
    }

    #[test]
    fn what_must_not_be_there_goes_to_the_index_where_it_can() {
        let not = |word| Predicate::Not(Box::new(text(word)));
        let asked = |words: Option<&str>, beginnings: Option<&str>| {
            Some(Asked {
                words: words.map(str::to_owned),
                beginnings: beginnings.map(str::to_owned),
            })
        };
        assert_eq!(
            Predicate::All(vec![text("abcd"), not("bcde"), Predicate::Unread])
                .split()
                .0,
            asked(Some("(\"abcd\" *) NOT (\"bcde\" *)"), None),
            "beside a word"
        );
        let (index, clause) = Predicate::All(vec![text("å"), text("abcd"), not("bc")]).split();
        assert_eq!(
            index,
            asked(Some("\"abcd\" *"), Some("(\"å\") NOT (\"bc\")")),
            "beginnings of words have a table of their own"
        );
        assert_eq!(clause.sql, "1", "and nothing is left");
        let (index, clause) = Predicate::All(vec![text("abcd"), not("bc")]).split();
        assert_eq!(
            index,
            asked(Some("\"abcd\" *"), None),
            "each table for itself"
        );
        assert!(clause.sql.contains("FROM beginning"), "{}", clause.sql);
        let (index, clause) = Predicate::All(vec![not("bcde"), Predicate::Unread]).split();
        assert_eq!(index, None, "alone it cannot be asked");
        assert!(
            clause.sql.contains("NOT ifnull(m.key IN"),
            "so the rows are: {}",
            clause.sql
        );
    }

    #[test]
    fn signs_alone_hold_for_every_letter() {
        assert_eq!(text("§ …").clause().sql, "1", "they are in no index");
    }
}
