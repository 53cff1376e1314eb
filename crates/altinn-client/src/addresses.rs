//! Where the services of an environment are (Platform reference, section 1.1).

use url::Url;

/// Addresses of one environment. Each is used as a folder: a missing trailing slash is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Platform API, for example `https://platform.altinn.no/`; the only origin that ever sees an Altinn token.
    pub platform: Url,
    /// Maskinporten's issuer identifier with trailing slash; also the `aud` of a grant.
    pub maskinporten: Url,
    /// Enhetsregisteret, for example `https://data.brreg.no/enhetsregisteret/api/`.
    pub brreg: Url,
    /// The file that lists service owners, `altinn-orgs.json`.
    pub orgs: Url,
}

impl Addresses {
    /// TT02, the environment for external testing.
    pub fn tt02() -> Result<Self, url::ParseError> {
        Self::parse([
            "https://platform.tt02.altinn.no/",
            "https://test.maskinporten.no/",
            "https://data.ppe.brreg.no/enhetsregisteret/api/",
            "https://altinncdn.no/orgs/altinn-orgs.json",
        ])
    }

    /// The real service.
    pub fn production() -> Result<Self, url::ParseError> {
        Self::parse([
            "https://platform.altinn.no/",
            "https://maskinporten.no/",
            "https://data.brreg.no/enhetsregisteret/api/",
            "https://altinncdn.no/orgs/altinn-orgs.json",
        ])
    }

    fn parse([platform, maskinporten, brreg, orgs]: [&str; 4]) -> Result<Self, url::ParseError> {
        Ok(Self {
            platform: Url::parse(platform)?,
            maskinporten: Url::parse(maskinporten)?,
            brreg: Url::parse(brreg)?,
            orgs: Url::parse(orgs)?,
        })
    }

    /// Whether everything is on this machine, over plain HTTP.
    pub(crate) fn are_all_loopback(&self) -> bool {
        [&self.platform, &self.maskinporten, &self.brreg, &self.orgs]
            .iter()
            .all(|url| url.scheme() == "http" && is_loopback(url))
    }

    /// The same with every folder address ending in a slash.
    pub(crate) fn as_folders(&self) -> Self {
        Self {
            platform: folder(&self.platform),
            maskinporten: folder(&self.maskinporten),
            brreg: folder(&self.brreg),
            orgs: self.orgs.clone(),
        }
    }
}

/// `url` with a path that ends in a slash, so that joining appends instead of replacing the last segment.
pub(crate) fn folder(url: &Url) -> Url {
    let mut url = url.clone();
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

/// Whether the host is this machine; such addresses bypass proxies.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_address_without_slash_gets_one() {
        let url = Url::parse("http://127.0.0.1:1/maskinporten").unwrap();
        assert_eq!(
            folder(&url).join("token").unwrap().as_str(),
            "http://127.0.0.1:1/maskinporten/token",
            "joining must append below the folder"
        );
    }

    #[test]
    fn both_environments_parse() {
        assert!(Addresses::tt02().is_ok(), "constants must be addresses");
        assert!(
            Addresses::production().is_ok(),
            "constants must be addresses"
        );
    }
}
