//! Why a key cannot be used: each unreadable input has a reason of its own.

/// Algorithm of a key that Maskinporten does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// `EC`, for example P-256.
    EllipticCurve,
    /// `OKP`, for example Ed25519.
    Edwards,
    /// `oct`, a shared secret.
    Symmetric,
    /// DSA.
    Dsa,
    /// RSA that may only be used with PSS.
    RsaPss,
    /// Another.
    Unknown,
}

/// Why a key cannot be used. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Nothing but white space.
    #[error("there is nothing in it")]
    Empty,
    /// More than a key can be.
    #[error("it is too large for a key")]
    TooLarge,
    /// In no format that is known here.
    #[error(
        "this is no private key in a known format (JWK, JWK set, base64 of these, PEM, PKCS#12)"
    )]
    Unknown,
    /// A web page, for example an error page that was saved.
    #[error("this is a web page, not a key")]
    WebPage,
    /// A signed token.
    #[error("this is a token, not a key")]
    Token,
    /// A thumbprint of the Windows certificate store.
    #[error("this is a certificate's thumbprint; the key stays in the Windows certificate store")]
    Thumbprint,
    /// OpenSSH's own format.
    #[error("this is an OpenSSH key; convert it to PEM (ssh-keygen -p -m PKCS8)")]
    OpenSsh,
    /// PuTTY's own format.
    #[error("this is a PuTTY key; export it as PEM")]
    Putty,
    /// A PGP key.
    #[error("this is a PGP key; Maskinporten takes RSA keys in JWK, PEM or PKCS#12")]
    Pgp,
    /// A Java key store.
    #[error("this is a Java key store; convert it to PKCS#12 (keytool -importkeystore)")]
    JavaKeyStore,

    /// Not whole JSON.
    #[error("the JSON breaks off or is malformed at line {line}, column {column}")]
    BrokenJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON without `kty`.
    #[error("this JSON is no key: it has no kty")]
    NoKeyType,
    /// `"keys": []`.
    #[error("the key set is empty")]
    EmptySet,
    /// A set without the key that was asked for.
    #[error("the key set holds no key with this key id")]
    NotInSet,
    /// A set with several private keys, and nothing tells which.
    #[error("the key set holds several private keys; say which by its key id")]
    Ambiguous,
    /// Numbers of the key are missing.
    #[error("the key lacks {}", .0.join(", "))]
    Incomplete(Vec<&'static str>),
    /// A number that is no base64.
    #[error("the number {0} of the key cannot be read")]
    BadNumber(&'static str),
    /// `use` or `key_ops` forbid signing.
    #[error("the key is not meant for signing")]
    NotForSigning,
    /// `alg` is one that Maskinporten does not take.
    #[error("the key is meant for another algorithm than RS256")]
    OtherAlgorithm,

    /// The public half.
    #[error("this is a public key; the private one is needed")]
    PublicOnly,
    /// A certificate without its key.
    #[error("this is a certificate; the private key that belongs to it is needed")]
    CertificateOnly,
    /// A certificate request.
    #[error("this is a certificate request; the private key that belongs to it is needed")]
    CertificateRequest,
    /// Maskinporten takes RSA only.
    #[error("Maskinporten takes RSA keys only")]
    NotRsa(Algorithm),
    /// Fewer than 2048 bits.
    #[error("the key has {bits} bits; at least 2048 are needed")]
    TooShort {
        /// Length of the modulus.
        bits: usize,
    },
    /// More than 4096 bits.
    #[error("the key has {bits} bits; at most 4096 can be used here")]
    TooLong {
        /// Length of the modulus.
        bits: usize,
    },
    /// Numbers that do not belong together.
    #[error("the numbers of the key do not belong together")]
    Unsound,

    /// A PEM block without an end.
    #[error("the PEM block breaks off: its END line is missing")]
    NoPemEnd,
    /// A PEM block that is no base64.
    #[error("the PEM block cannot be read: it is not base64")]
    BrokenPem,
    /// A PEM file without a key.
    #[error("the PEM file holds no private key")]
    NoPemKey,
    /// The DER inside is broken.
    #[error("the key's inside (DER) is broken")]
    BrokenDer,

    /// Protected by a password, and none was given.
    #[error("the key is protected by a password")]
    PasswordNeeded,
    /// The password does not open it.
    #[error("the password does not open the key")]
    WrongPassword,
    /// Encrypted in a way that is not known here.
    #[error("the key is encrypted in a way that cannot be read here; save it anew with AES")]
    UnknownEncryption,
    /// The oldest kind of encrypted PEM, with `Proc-Type`.
    #[error("the key is encrypted in the old PEM way; convert it to PKCS#8 (openssl pkcs8 -topk8)")]
    OldEncryption,
    /// PKCS#12 that breaks off.
    #[error("the PKCS#12 file is broken")]
    BrokenPkcs12,
    /// PKCS#12 with certificates only.
    #[error("the PKCS#12 file holds no private key")]
    NoPkcs12Key,
    /// PKCS#12 with several private keys.
    #[error("the PKCS#12 file holds several private keys")]
    ManyPkcs12Keys,
    /// None of the certificates belongs to the key.
    #[error("the certificate does not belong to the key")]
    ForeignCertificate,

    /// The key id is neither in the key nor given, and there is no certificate in its place.
    #[error("the key id is missing")]
    NoKeyId,
    /// Maskinporten allows letters, digits, `.`, `_` and `-`.
    #[error("a key id has letters, digits, full stop, underscore and hyphen only")]
    BadKeyId,
    /// No key could be made.
    #[error("no key could be made")]
    Generation,

    /// There is no such driver.
    #[error("there is no file here")]
    TokenDriverMissing,
    /// No PKCS#11 driver.
    #[error("this is no driver of a token (PKCS#11)")]
    TokenDriver,
    /// The token is not in.
    #[error("the token is not there; put it in")]
    TokenMissing,
    /// Two tokens of one label.
    #[error("several tokens have this label")]
    TokenAmbiguous,
    /// The token does not take the PIN.
    #[error("the token does not take the PIN")]
    PinWrong,
    /// Too many wrong PINs.
    #[error("the token is locked after too many wrong PINs")]
    PinLocked,
    /// The token has no PIN yet, or it has run out.
    #[error("the token has no PIN yet, or it must be changed")]
    PinUnset,
    /// The token has no such key.
    #[error("the token has no such RSA key")]
    TokenKeyMissing,
    /// Several keys fit.
    #[error("several keys of the token fit; name one by its id")]
    TokenKeyAmbiguous,
    /// The key may not sign, or not by RS256.
    #[error("the token's key may not sign by RS256")]
    TokenKeyNotForSigning,
    /// The token failed.
    #[error("the token did not answer as it should")]
    TokenFailed,
}

impl KeyError {
    /// The name that the window's words go by; each kind of input has its own.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "tooLarge",
            Self::Unknown => "unknown",
            Self::WebPage => "webPage",
            Self::Token => "token",
            Self::Thumbprint => "thumbprint",
            Self::OpenSsh => "openSsh",
            Self::Putty => "putty",
            Self::Pgp => "pgp",
            Self::JavaKeyStore => "javaKeyStore",
            Self::BrokenJson { .. } => "brokenJson",
            Self::NoKeyType => "noKeyType",
            Self::EmptySet => "emptySet",
            Self::NotInSet => "notInSet",
            Self::Ambiguous => "ambiguous",
            Self::Incomplete(_) => "incomplete",
            Self::BadNumber(_) => "badNumber",
            Self::NotForSigning => "notForSigning",
            Self::OtherAlgorithm => "otherAlgorithm",
            Self::PublicOnly => "publicOnly",
            Self::CertificateOnly => "certificateOnly",
            Self::CertificateRequest => "certificateRequest",
            Self::NotRsa(Algorithm::EllipticCurve) => "ellipticCurve",
            Self::NotRsa(Algorithm::Edwards) => "edwards",
            Self::NotRsa(Algorithm::Symmetric) => "symmetric",
            Self::NotRsa(Algorithm::Dsa) => "dsa",
            Self::NotRsa(Algorithm::RsaPss) => "rsaPss",
            Self::NotRsa(Algorithm::Unknown) => "notRsa",
            Self::TooShort { .. } => "tooShort",
            Self::TooLong { .. } => "tooLong",
            Self::Unsound => "unsound",
            Self::NoPemEnd => "noPemEnd",
            Self::BrokenPem => "brokenPem",
            Self::NoPemKey => "noPemKey",
            Self::BrokenDer => "brokenDer",
            Self::PasswordNeeded => "passwordNeeded",
            Self::WrongPassword => "wrongPassword",
            Self::UnknownEncryption => "unknownEncryption",
            Self::OldEncryption => "oldEncryption",
            Self::BrokenPkcs12 => "brokenPkcs12",
            Self::NoPkcs12Key => "noPkcs12Key",
            Self::ManyPkcs12Keys => "manyPkcs12Keys",
            Self::ForeignCertificate => "foreignCertificate",
            Self::NoKeyId => "noKeyId",
            Self::BadKeyId => "badKeyId",
            Self::Generation => "generation",
            Self::TokenDriverMissing => "tokenDriverMissing",
            Self::TokenDriver => "tokenDriver",
            Self::TokenMissing => "tokenMissing",
            Self::TokenAmbiguous => "tokenAmbiguous",
            Self::PinWrong => "pinWrong",
            Self::PinLocked => "pinLocked",
            Self::PinUnset => "pinUnset",
            Self::TokenKeyMissing => "tokenKeyMissing",
            Self::TokenKeyAmbiguous => "tokenKeyAmbiguous",
            Self::TokenKeyNotForSigning => "tokenKeyNotForSigning",
            Self::TokenFailed => "tokenFailed",
        }
    }
}
