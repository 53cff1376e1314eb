//! Operators of a search, by all their names.

/// What an operator asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Sender.
    From,
    /// Recipient.
    To,
    /// Title.
    Subject,
    /// State.
    Is,
    /// Status that the letter has or had at Altinn.
    Status,
    /// What it has.
    Has,
    /// Shown before a day.
    Before,
    /// Shown on a day or later.
    After,
    /// Due.
    Due,
    /// Sender's reference.
    Reference,
    /// Service.
    Resource,
    /// File name.
    File,
    /// Folder.
    In,
}

/// Every name of every operator; of two that are equally near, the first is proposed.
pub(super) const OPERATORS: &[(&str, Operator)] = &[
    ("fra", Operator::From),
    ("from", Operator::From),
    ("til", Operator::To),
    ("to", Operator::To),
    ("tittel", Operator::Subject),
    ("subject", Operator::Subject),
    ("er", Operator::Is),
    ("is", Operator::Is),
    ("status", Operator::Status),
    ("har", Operator::Has),
    ("has", Operator::Has),
    ("før", Operator::Before),
    ("before", Operator::Before),
    ("etter", Operator::After),
    ("after", Operator::After),
    ("frist", Operator::Due),
    ("due", Operator::Due),
    ("ref", Operator::Reference),
    ("tjeneste", Operator::Resource),
    ("teneste", Operator::Resource),
    ("resource", Operator::Resource),
    ("fil", Operator::File),
    ("file", Operator::File),
    ("mappe", Operator::In),
    ("in", Operator::In),
];

impl Operator {
    /// The values an operator knows; none where it takes any text.
    pub(super) fn values(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Is => Some(super::query::STATES.iter().map(|(name, _)| *name).collect()),
            Self::Status => Some(
                super::query::STATUSES
                    .iter()
                    .map(|(name, _)| *name)
                    .collect(),
            ),
            Self::Has => Some(
                super::query::POSSESSIONS
                    .iter()
                    .map(|(name, _)| *name)
                    .collect(),
            ),
            Self::In => Some(
                super::query::FOLDERS
                    .iter()
                    .map(|(name, _)| *name)
                    .collect(),
            ),
            _ => None,
        }
    }

    pub(super) fn takes(self, value: &str) -> bool {
        match self {
            Self::Before | Self::After | Self::Due => super::date::is_date(value),
            _ => self
                .values()
                .is_none_or(|values| values.contains(&super::query::key(value).as_str())),
        }
    }

    /// Whether its values are days.
    pub(super) fn takes_days(self) -> bool {
        matches!(self, Self::Before | Self::After | Self::Due)
    }

    /// The first of its names.
    pub(super) fn name(self) -> &'static str {
        OPERATORS
            .iter()
            .find(|(_, operator)| *operator == self)
            .map_or("", |(name, _)| name)
    }
}
