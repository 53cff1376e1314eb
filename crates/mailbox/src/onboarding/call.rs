//! What a failed call means, whichever call it is (Platform reference, sections 2.4, 3.1, 3.6, 6.1 and 12.0).

use super::finding::{found, traced, with};
use crate::view::{Finding, FindingCode as Code};
use altinn_client::{ApiError, AuthError, CertificateFault, Hint, Obstacle, Refusal, Unfit};

/// The one finding that explains a failed call.
pub(super) fn explain(error: &ApiError) -> Finding {
    let finding = match error {
        ApiError::Network { obstacle, host, .. } => {
            with(obstacle_finding(obstacle), "host", host.clone())
        }
        ApiError::Status(refusal) => refusal_finding(refusal),
        ApiError::Auth(error) => auth(error),
        ApiError::Decode {
            is_web_page: true, ..
        } => with(found(Code::WebPage), "status", "200"),
        _ => found(Code::NotUnderstood),
    };
    traced(finding, error.trace_id())
}

fn obstacle_finding(obstacle: &Obstacle) -> Finding {
    match obstacle {
        Obstacle::Name => found(Code::HostUnknown),
        Obstacle::TimedOut => found(Code::NoAnswerInTime),
        Obstacle::BrokenOff => found(Code::LineBroken),
        Obstacle::ProxyPassword => found(Code::ProxyPassword),
        Obstacle::Proxy => found(Code::ProxyRefuses),
        Obstacle::Tls => found(Code::TlsFailed),
        Obstacle::Certificate { fault, issuer } => {
            let code = match fault {
                CertificateFault::Issuer => Code::CertificateIssuer,
                CertificateFault::Expired => Code::CertificateExpired,
                CertificateFault::NotYetValid => Code::CertificateNotYetValid,
                CertificateFault::Name => Code::CertificateName,
                CertificateFault::Other => Code::TlsFailed,
            };
            with(found(code), "issuer", issuer.clone())
        }
        Obstacle::Unreachable | Obstacle::Address => found(Code::HostUnreachable),
    }
}

/// An answer that is no success, where no check knows better.
fn refusal_finding(refusal: &Refusal) -> Finding {
    if refusal.is_about_subscription_key() {
        return found(Code::SubscriptionKeyWanted);
    }
    let code = match refusal.status {
        407 => Code::ProxyPassword,
        429 | 503 => Code::AskedToWait,
        300..=399 => Code::Redirected,
        _ if refusal.is_web_page => Code::WebPage,
        500.. => Code::ServerFault,
        _ => Code::UnexpectedAnswer,
    };
    with(found(code), "status", refusal.status.to_string())
}

fn auth(error: &AuthError) -> Finding {
    match error {
        AuthError::Maskinporten {
            status,
            code,
            error,
            hint,
            ..
        } => maskinporten(*status, code.as_deref(), error.as_deref(), *hint),
        AuthError::Exchange { status, .. } => {
            let code = match status {
                401 => Code::ExchangeRefused,
                403 => Code::ExchangeForbidden,
                407 => Code::ProxyPassword,
                429 | 503 => Code::AskedToWait,
                300..=399 => Code::Redirected,
                500.. => Code::ServerFault,
                _ => Code::UnexpectedAnswer,
            };
            with(found(code), "status", status.to_string())
        }
        AuthError::EnterpriseUser => found(Code::EnterpriseUser),
        AuthError::Unfit(Unfit::Issuer) => found(Code::TokenIssuerOther),
        AuthError::Unfit(Unfit::Consumer) => found(Code::TokenWithoutConsumer),
        AuthError::Unfit(Unfit::Expired) => found(Code::TokenExpired),
        AuthError::TestToken { status } => {
            with(found(Code::TestTokenRefused), "status", status.to_string())
        }
        AuthError::Unreadable => found(Code::TokenUnreadable),
        AuthError::Signing => found(Code::KeyCannotSign),
        AuthError::Refused => found(Code::TokenRefused),
        AuthError::SignInAgain => found(Code::PersonMustSignIn),
        AuthError::NoSuchRole => found(Code::NoSuchRole),
        _ => found(Code::NotUnderstood),
    }
}

/// Maskinporten's refusals by their codes (Platform reference, section 2.4). A code that is not known is shown as it
/// stands.
fn maskinporten(
    status: u16,
    code: Option<&str>,
    word: Option<&str>,
    hint: Option<Hint>,
) -> Finding {
    let known = match (code, hint) {
        (_, Some(Hint::KeyIdMissing)) => Some(Code::KeyIdMissing),
        (_, Some(Hint::KeyIdUnknown)) => Some(Code::KeyIdUnknown),
        (_, Some(Hint::IssuedInFuture)) | (Some("MP-130"), _) => Some(Code::TimeRefused),
        (_, Some(Hint::ConsumerIsOwn)) => Some(Code::ConsumerIsOwn),
        (Some("MP-100"), _) => Some(Code::ClientUnknown),
        (Some("MP-110"), _) => Some(Code::AudienceRefused),
        (Some("MP-120"), _) => Some(Code::CertificateRefused),
        (Some("MP-121"), _) => Some(Code::KeyExpired),
        (Some("MP-122"), _) => Some(Code::CertificateOtherOrganisation),
        (Some("MP-124"), _) => Some(Code::KeyDoesNotFit),
        (Some("MP-011" | "MP-123" | "MP-301" | "MP-302"), _) => Some(Code::AssertionMalformed),
        (Some("MP-012"), _) => Some(Code::AssertionUsed),
        (Some("MP-200"), _) => Some(Code::ScopeNotOnClient),
        (Some("MP-201"), _) => Some(Code::ScopeWrongClientType),
        (Some("MP-250"), _) => Some(Code::ScopeNotGranted),
        (Some("MP-251"), _) => Some(Code::ScopeNotDelegated),
        (Some("MP-303"), _) => Some(Code::SystemUserUnknown),
        _ => None,
    };
    if let Some(known) = known {
        return with(found(known), "code", code.unwrap_or_default());
    }
    let code_of_status = match status {
        407 => Code::ProxyPassword,
        429 | 503 => Code::AskedToWait,
        300..=399 => Code::Redirected,
        500.. => Code::ServerFault,
        // Maskinporten always says which error it is: this was somebody in between.
        _ if word.is_none() && code.is_none() => Code::WebPage,
        _ => Code::MaskinportenRefused,
    };
    let finding = with(found(code_of_status), "status", status.to_string());
    with(finding, "code", code.or(word).unwrap_or_default())
}

/// Whether the finding is about a scope alone, so that client and key are in order.
pub(super) fn is_about_scope(finding: &Finding) -> bool {
    matches!(
        finding.code,
        Code::ScopeNotOnClient
            | Code::ScopeWrongClientType
            | Code::ScopeNotGranted
            | Code::ScopeNotDelegated
    )
}
