//! Keys that never leave a token: a smart card, a security module, or a program that stands in for one (PKCS#11 2.40).
//!
//! A driver is loaded once in a process and asked by one at a time. Each use signs in, works and signs out again, so that a
//! token may be taken out and put in between.

use super::{KeyError, Secret};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use ring::signature;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// Where a key of a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPlace {
    /// The token's driver, a shared library.
    pub driver: PathBuf,
    /// Label of the token.
    pub token: String,
    /// Label of the key, `CKA_LABEL`; where it is given it must fit.
    pub label: Option<String>,
    /// Id of the key, `CKA_ID` in hexadecimal; where it is given it must fit.
    pub id: Option<String>,
}

/// A private RSA key that was found in a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKey {
    /// `CKA_LABEL`.
    pub label: String,
    /// `CKA_ID`, hexadecimal.
    pub id: String,
    /// Length of the modulus.
    pub bits: usize,
}

/// A key in a token, ready to sign.
pub(super) struct TokenKey {
    place: TokenPlace,
    pin: Secret,
    pub(super) modulus: Vec<u8>,
    pub(super) exponent: Vec<u8>,
    /// The token did not take the PIN. It counts wrong ones and locks itself, so it is not asked again.
    is_refused: AtomicBool,
}

/// What is signed to see that the key can.
const PROBE: &[u8] = b"Brevdue asks whether this key can sign";

/// The drivers that were loaded. A library may hold state of its own, so none is ever unloaded.
static DRIVERS: LazyLock<Mutex<BTreeMap<PathBuf, Driver>>> = LazyLock::new(Mutex::default);

type Driver = Arc<Mutex<Pkcs11>>;

/// Labels of the tokens that a driver has now.
///
/// # Errors
/// [`KeyError::TokenDriverMissing`], [`KeyError::TokenDriver`].
pub fn tokens(driver: &Path) -> Result<Vec<String>, KeyError> {
    let driver = load(driver)?;
    let driver = lock(&driver);
    Ok(slots(&driver)?
        .into_iter()
        .map(|(label, _)| label)
        .collect())
}

/// RSA keys of a token that can sign; one whose public half the token does not tell could not be used and is left out.
///
/// # Errors
/// The driver's, [`KeyError::TokenMissing`], and what is wrong with the PIN.
pub fn token_keys(driver: &Path, token: &str, pin: &Secret) -> Result<Vec<FoundKey>, KeyError> {
    let driver = load(driver)?;
    let driver = lock(&driver);
    let session = sign_in(&driver, token, pin)?;
    let all = session.find_objects(&private_keys()).map_err(told)?;
    all.into_iter()
        .filter_map(|key| {
            let told = numbers(&session, key).transpose()?;
            Some(told.and_then(|(modulus, _)| {
                Ok(FoundKey {
                    label: String::from_utf8_lossy(&bytes(&session, key, AttributeType::Label)?)
                        .into_owned(),
                    id: hex(&bytes(&session, key, AttributeType::Id)?),
                    bits: super::bits(&modulus),
                })
            }))
        })
        .collect()
}

impl TokenKey {
    /// Finds the key and reads its public half.
    pub(super) fn find(place: TokenPlace, pin: Secret) -> Result<Self, KeyError> {
        let driver = load(&place.driver)?;
        let driver = lock(&driver);
        let session = sign_in(&driver, &place.token, &pin)?;
        let key = only(&session, &place)?;
        let (modulus, exponent) = numbers(&session, key)?.ok_or(KeyError::TokenKeyMissing)?;
        let slot = session.get_session_info().map_err(told)?.slot_id();
        let known = driver.get_mechanism_list(slot).map_err(told)?;
        if !known.contains(&MechanismType::SHA256_RSA_PKCS) {
            return Err(KeyError::TokenKeyNotForSigning);
        }
        // What is said is not enough: the key may forbid it, and the public half may be another's.
        let signature = session
            .sign(&Mechanism::Sha256RsaPkcs, key, PROBE)
            .map_err(told)?;
        let public = signature::RsaPublicKeyComponents {
            n: &modulus,
            e: &exponent,
        };
        public
            .verify(
                &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
                PROBE,
                &signature,
            )
            .map_err(|_| KeyError::TokenFailed)?;
        drop(session);
        Ok(Self::known(place, pin, modulus, exponent))
    }

    /// A key whose public half is known already.
    pub(super) fn known(
        place: TokenPlace,
        pin: Secret,
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    ) -> Self {
        Self {
            place,
            pin,
            modulus,
            exponent,
            is_refused: AtomicBool::new(false),
        }
    }

    /// RS256 signature of `message`, made in the token. Waits for it, and for whoever else uses its driver.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let driver = load(&self.place.driver)?;
        let driver = lock(&driver);
        if self.is_refused.load(Ordering::SeqCst) {
            return Err(KeyError::PinWrong);
        }
        let session = sign_in(&driver, &self.place.token, &self.pin).inspect_err(|error| {
            if matches!(error, KeyError::PinWrong | KeyError::PinLocked) {
                self.is_refused.store(true, Ordering::SeqCst);
            }
        })?;
        let key = only(&session, &self.place)?;
        session
            .sign(&Mechanism::Sha256RsaPkcs, key, message)
            .map_err(told)
    }
}

/// The driver, loaded once.
fn load(path: &Path) -> Result<Driver, KeyError> {
    let mut drivers = lock(&DRIVERS);
    if let Some(driver) = drivers.get(path) {
        return Ok(driver.clone());
    }
    if !path.is_file() {
        return Err(KeyError::TokenDriverMissing);
    }
    let driver = Pkcs11::new(path).map_err(|_| KeyError::TokenDriver)?;
    match driver.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(_) => return Err(KeyError::TokenDriver),
    }
    let driver = Arc::new(Mutex::new(driver));
    drivers.insert(path.to_owned(), driver.clone());
    Ok(driver)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every token that is there and set up, by its label.
fn slots(driver: &Pkcs11) -> Result<Vec<(String, Slot)>, KeyError> {
    let slots = driver.get_slots_with_initialized_token().map_err(told)?;
    slots
        .into_iter()
        .map(|slot| {
            let info = driver.get_token_info(slot).map_err(told)?;
            Ok((info.label().trim_end().to_owned(), slot))
        })
        .collect()
}

/// A session of the user in the token of this label; its end signs out.
fn sign_in(driver: &Pkcs11, token: &str, pin: &Secret) -> Result<Session, KeyError> {
    let mut found = slots(driver)?
        .into_iter()
        .filter(|(label, _)| label == token);
    let (_, slot) = found.next().ok_or(KeyError::TokenMissing)?;
    if found.next().is_some() {
        return Err(KeyError::TokenAmbiguous);
    }
    let session = driver.open_ro_session(slot).map_err(told)?;
    session
        .login(
            UserType::User,
            Some(&AuthPin::from(pin.expose().to_owned())),
        )
        .map_err(told)?;
    Ok(session)
}

fn private_keys() -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::RSA),
    ]
}

/// The one key that is meant.
fn only(session: &Session, place: &TokenPlace) -> Result<ObjectHandle, KeyError> {
    let mut wanted = private_keys();
    if let Some(label) = &place.label {
        wanted.push(Attribute::Label(label.clone().into_bytes()));
    }
    if let Some(id) = &place.id {
        wanted.push(Attribute::Id(unhex(id).ok_or(KeyError::TokenKeyMissing)?));
    }
    match session.find_objects(&wanted).map_err(told)?.as_slice() {
        [] => Err(KeyError::TokenKeyMissing),
        [only] => Ok(*only),
        _ => Err(KeyError::TokenKeyAmbiguous),
    }
}

/// Modulus and public exponent, big-endian.
type PublicHalf = (Vec<u8>, Vec<u8>);

/// The public half of a key, which the private one tells of itself (PKCS#11, section on RSA private key objects), or the
/// public one of the same id; an empty id is that of any key.
fn numbers(session: &Session, key: ObjectHandle) -> Result<Option<PublicHalf>, KeyError> {
    let both = |key| -> Result<_, KeyError> {
        let modulus = bytes(session, key, AttributeType::Modulus)?;
        let exponent = bytes(session, key, AttributeType::PublicExponent)?;
        Ok(Some((modulus, exponent)).filter(|(n, e)| !n.is_empty() && !e.is_empty()))
    };
    if let Some(both) = both(key)? {
        return Ok(Some(both));
    }
    let id = bytes(session, key, AttributeType::Id)?;
    if id.is_empty() {
        return Ok(None);
    }
    let public = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Id(id)];
    let public = session.find_objects(&public).map_err(told)?;
    public.first().map_or(Ok(None), |public| both(*public))
}

/// An attribute of bytes; empty where the object has none.
fn bytes(session: &Session, key: ObjectHandle, kind: AttributeType) -> Result<Vec<u8>, KeyError> {
    let found = session.get_attributes(key, &[kind]).map_err(told)?;
    Ok(found
        .into_iter()
        .find_map(|attribute| match attribute {
            Attribute::Label(bytes)
            | Attribute::Id(bytes)
            | Attribute::Modulus(bytes)
            | Attribute::PublicExponent(bytes) => Some(bytes),
            _ => None,
        })
        .unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let (pairs, _) = digits.as_chunks::<2>();
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// What the token said, as far as a person can do something about it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "what `map_err` gives is owned"
)]
fn told(error: Error) -> KeyError {
    let Error::Pkcs11(code, _) = error else {
        return KeyError::TokenFailed;
    };
    match code {
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => KeyError::PinWrong,
        RvError::PinLocked => KeyError::PinLocked,
        RvError::UserPinNotInitialized | RvError::PinExpired => KeyError::PinUnset,
        RvError::TokenNotPresent
        | RvError::TokenNotRecognized
        | RvError::DeviceRemoved
        | RvError::SlotIdInvalid => KeyError::TokenMissing,
        RvError::KeyFunctionNotPermitted | RvError::MechanismInvalid => {
            KeyError::TokenKeyNotForSigning
        }
        _ => KeyError::TokenFailed,
    }
}
