//! Query parameters: names in any case, blank values as if not given.

use percent_encoding::percent_decode_str;

/// The parameters of one request.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads what follows the question mark.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let decode = |text: &str| {
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        let pairs = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                pair.split_once('=').map_or_else(
                    || (decode(pair), String::new()),
                    |(name, value)| (decode(name), decode(value)),
                )
            })
            .collect();
        Self { pairs }
    }

    /// The first value of a parameter that is not blank.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .find(|value| !value.trim().is_empty())
    }
}
