//! Requests: encrypted, bounded in size and time, following few redirects and none elsewhere, polite.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{ErrorKind, Read};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use thiserror::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Proxy};

use super::{Asked, LookupError, Registry};
use crate::base::{followed, host_of, index_address, is_loopback, official_address};

const MIB: u64 = 1024 * 1024;
const MAX_REDIRECTS: usize = 3;
/// Answers above this are read one at a time, so that several do not fill the memory.
const LARGE: u64 = 8 * MIB;

/// How long an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// What a registry says about a package.
    Answer,
    /// A package's archive.
    Archive,
}

impl Size {
    fn limit(self) -> u64 {
        match self {
            Self::Answer => 8 * MIB,
            Self::Archive => 64 * MIB,
        }
    }
}

/// How long is waited, and how often is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For an answer, from the first byte sent to the last one read.
    pub answer: Duration,
    /// For an archive.
    pub archive: Duration,
    /// Before the second try; twice as long before the third.
    pub pause: Duration,
    /// How often is asked at the most.
    pub tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            archive: Duration::from_mins(1),
            pause: Duration::from_millis(500),
            tries: 3,
        }
    }
}

/// How the network is reached; found out by the caller.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// Certificates to trust, as PEM; if empty, those that come with the program.
    pub roots: Vec<u8>,
    /// How long is waited.
    pub patience: Patience,
    /// Addresses that stand for official registries, by purl type.
    addresses: BTreeMap<String, String>,
}

/// Why an address cannot stand for a registry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressError {
    /// There is no registry for this type.
    #[error("`{0}` is no type of package that is looked up")]
    Type(String),
    /// The address is not encrypted, and not on this machine.
    #[error("expected an address that starts with https://, or http:// on this machine")]
    Scheme,
    /// The address has a user, a password, a query or a fragment.
    #[error("expected an address without user, password, query and fragment")]
    Parts,
}

impl Network {
    /// Puts an address in the place of a registry. It comes from the user, never from a scanned tree.
    pub fn replace(&mut self, ty: &str, address: &str) -> Result<(), AddressError> {
        if super::by_type(ty).is_none() {
            return Err(AddressError::Type(ty.to_owned()));
        }
        let encrypted = address.starts_with("https://") && host_of(address).is_some();
        let local = address.starts_with("http://") && is_loopback(address);
        if !(encrypted || local) {
            return Err(AddressError::Scheme);
        }
        if address.contains(['@', '?', '#', '\\']) || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AddressError::Parts);
        }
        self.addresses.insert(ty.to_owned(), address.trim_end_matches('/').to_owned());
        Ok(())
    }

    /// Returns the address at which a registry is asked.
    pub(super) fn address(&self, ty: &str) -> Option<&str> {
        self.addresses.get(ty).map(String::as_str).or_else(|| official_address(ty))
    }
}

/// What all requests of a run share.
pub(super) struct Client {
    network: Arc<Network>,
    agent: Agent,
    /// For addresses on this machine: no proxy.
    local: Agent,
    /// Held while a large answer is read.
    large: Mutex<()>,
}

impl Client {
    pub(super) fn new(network: &Arc<Network>) -> Self {
        let config = |proxy: Option<Proxy>, https_only: bool| {
            Config::builder()
                .https_only(https_only)
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(proxy)
                .tls_config(TlsConfig::builder().root_certs(roots(&network.roots)).build())
                .user_agent(concat!("ppl-check/", env!("CARGO_PKG_VERSION")))
                .max_idle_connections_per_host(16)
                .max_response_header_size(64 * 1024)
                .build()
        };
        let proxy_host = network.proxy.as_ref().map(|proxy| proxy.host().to_owned());
        let agent = Agent::with_parts(
            config(network.proxy.clone(), true),
            DefaultConnector::default(),
            PublicResolver { inner: DefaultResolver::default(), proxy_host },
        );
        let local = Agent::new_with_config(config(None, false));
        Self { network: Arc::clone(network), agent, local, large: Mutex::new(()) }
    }

    pub(super) fn session<'client>(
        &'client self,
        registry: &'static Registry,
        gate: &'client Gate,
    ) -> Session<'client> {
        Session { client: self, registry, gate }
    }

    /// Sends one request and follows redirects to the registry's own hosts.
    fn once(&self, ty: &str, address: &str, size: Size, accept: &str) -> Result<Vec<u8>, Problem> {
        let base = self.network.address(ty).unwrap_or_default();
        let is_replaced = self.network.addresses.contains_key(ty);
        let mut address = address.to_owned();
        for _ in 0..=MAX_REDIRECTS {
            let agent = if is_replaced && is_loopback(&address) { &self.local } else { &self.agent };
            let patience = &self.network.patience;
            let timeout = if size == Size::Archive { patience.archive } else { patience.answer };
            let request = agent.get(&address).header("accept", accept).config().timeout_global(Some(timeout)).build();
            let mut response = request.call().map_err(|error| Problem::new(failure(&error)))?;
            let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
            match response.status().as_u16() {
                200 => return self.body(response.body_mut(), size).map_err(Problem::new),
                301 | 302 | 303 | 307 | 308 => {
                    let target = header("location").unwrap_or_default();
                    let next = followed(ty, base, is_replaced, target);
                    address = next.ok_or_else(|| Problem::new(LookupError::Elsewhere))?;
                }
                404 | 410 => return Err(Problem::new(LookupError::NotFound)),
                status @ (429 | 500..=599) => {
                    let wait = header("retry-after").and_then(|seconds| seconds.parse().ok());
                    return Err(Problem { error: LookupError::Busy(status), wait: wait.map(Duration::from_secs) });
                }
                status => return Err(Problem::new(LookupError::Refused(status))),
            }
        }
        Err(Problem::new(LookupError::Elsewhere))
    }

    fn body(&self, body: &mut ureq::Body, size: Size) -> Result<Vec<u8>, LookupError> {
        let limit = size.limit();
        let too_large = LookupError::TooLarge(limit / MIB);
        let expected = body.content_length();
        if expected.is_some_and(|length| length > limit) {
            return Err(too_large);
        }
        let mut bytes = Vec::new();
        let mut reader = body.with_config().limit(limit + 1).reader();
        let failed = |error: std::io::Error| match ureq::Error::from(error) {
            ureq::Error::BodyExceedsLimit(_) => LookupError::TooLarge(limit / MIB),
            error => failure(&error),
        };
        reader.by_ref().take(LARGE).read_to_end(&mut bytes).map_err(failed)?;
        if as_u64(bytes.len()) == LARGE {
            let _one_at_a_time = self.large.lock().unwrap_or_else(PoisonError::into_inner);
            reader.take(limit + 1 - LARGE).read_to_end(&mut bytes).map_err(failed)?;
        }
        if as_u64(bytes.len()) > limit {
            return Err(too_large);
        }
        if expected.is_some_and(|length| length != as_u64(bytes.len())) {
            return Err(LookupError::Unreachable("the answer was cut short".to_owned()));
        }
        Ok(bytes)
    }
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Why a request failed, and how long the registry asks to wait.
struct Problem {
    error: LookupError,
    wait: Option<Duration>,
}

impl Problem {
    fn new(error: LookupError) -> Self {
        Self { error, wait: None }
    }
}

/// Says in few words, without addresses, why there is no answer.
fn failure(error: &ureq::Error) -> LookupError {
    match error {
        ureq::Error::Timeout(_) => LookupError::TimedOut,
        ureq::Error::BodyExceedsLimit(limit) => LookupError::TooLarge(limit / MIB),
        ureq::Error::HostNotFound => LookupError::Unreachable("the host was not found".to_owned()),
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => LookupError::TimedOut,
            ErrorKind::PermissionDenied => LookupError::Unreachable(error.to_string()),
            ErrorKind::UnexpectedEof => LookupError::Unreachable("the answer was cut short".to_owned()),
            kind => LookupError::Unreachable(kind.to_string()),
        },
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::Pem(_) => {
            LookupError::Unreachable("the certificate could not be verified".to_owned())
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => LookupError::Garbled("it is not HTTP".to_owned()),
        _ => LookupError::Unreachable("the connection failed".to_owned()),
    }
}

fn roots(pem: &[u8]) -> RootCerts {
    let certificates: Vec<Certificate<'static>> = parse_pem(pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() { RootCerts::WebPki } else { RootCerts::Specific(Arc::new(certificates)) }
}

/// Finds hosts, and refuses those that are not public, whatever the name service says.
#[derive(Debug)]
struct PublicResolver {
    inner: DefaultResolver,
    /// The user's own proxy may lie anywhere.
    proxy_host: Option<String>,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Resolver for PublicResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let is_proxy = self.proxy_host.as_deref().is_some_and(|proxy| uri.host() == Some(proxy));
        if !is_proxy && found.iter().any(|address| !is_public(address.ip())) {
            let error = std::io::Error::new(ErrorKind::PermissionDenied, "the host is not on the public network");
            return Err(ureq::Error::Io(error));
        }
        Ok(found)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || shared
                || a == 0)
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => !(v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || is_local_v6(v6)),
        },
    }
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    address.is_unique_local() || address.is_unicast_link_local()
}

/// What keeps requests to one registry polite: a pause between them, and an end when it does not answer.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<GateState>,
    detour: AtomicBool,
}

#[derive(Debug, Default)]
struct GateState {
    next: Option<Instant>,
    n_failed: usize,
}

/// After so many packages in a row without an answer a registry is not asked any more.
const MAX_FAILED: usize = 4;

impl Gate {
    /// Waits for its turn, or says that there is none any more.
    fn enter(&self, pause: Duration) -> Result<(), LookupError> {
        let wait = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.n_failed >= MAX_FAILED {
                return Err(LookupError::GivenUp);
            }
            let now = Instant::now();
            let turn = state.next.map_or(now, |next| next.max(now));
            state.next = Some(turn + pause);
            turn.saturating_duration_since(now)
        };
        sleep(wait);
        Ok(())
    }

    fn note(&self, answered: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.n_failed = if answered { 0 } else { state.n_failed + 1 };
    }
}

/// Requests to one registry.
pub(super) struct Session<'client> {
    client: &'client Client,
    registry: &'static Registry,
    gate: &'client Gate,
}

impl Session<'_> {
    /// Sends the first request about a package.
    pub(super) fn first(&self, asked: &Asked, size: Size) -> Result<Vec<u8>, LookupError> {
        let path = (self.registry.first)(asked.purl).ok_or(LookupError::NotFound)?;
        self.get(&path, size)
    }

    /// Asks for a path below the registry's address.
    pub(super) fn get(&self, path: &str, size: Size) -> Result<Vec<u8>, LookupError> {
        let base = self.client.network.address(self.registry.ty).ok_or(LookupError::NotFound)?;
        self.patiently(&format!("{base}{path}"), size, "*/*")
    }

    /// Asks for a path in one of several formats that a registry offers.
    pub(super) fn get_as(&self, path: &str, accept: &str) -> Result<Vec<u8>, LookupError> {
        let base = self.client.network.address(self.registry.ty).ok_or(LookupError::NotFound)?;
        self.patiently(&format!("{base}{path}"), Size::Answer, accept)
    }

    /// Asks for a path on the other host of a registry, on which it keeps its index.
    pub(super) fn beside(&self, path: &str, size: Size) -> Result<Vec<u8>, LookupError> {
        let index = index_address(self.registry.ty).ok_or(LookupError::NotFound)?;
        self.follow(&format!("{index}{path}"), size)
    }

    /// Notes that the address has another way to answer than the one that is tried first.
    pub(super) fn note_detour(&self) {
        self.gate.detour.store(true, Ordering::Relaxed);
    }

    /// Returns whether the address was found to have another way to answer.
    pub(super) fn takes_detour(&self) -> bool {
        self.gate.detour.load(Ordering::Relaxed)
    }

    /// Asks for an address that the registry gave in an answer, if it is one of its own.
    pub(super) fn follow(&self, address: &str, size: Size) -> Result<Vec<u8>, LookupError> {
        let (network, ty) = (&self.client.network, self.registry.ty);
        let base = network.address(ty).ok_or(LookupError::NotFound)?;
        let address = followed(ty, base, network.addresses.contains_key(ty), address).ok_or(LookupError::Elsewhere)?;
        self.patiently(&address, size, "*/*")
    }

    fn patiently(&self, address: &str, size: Size, accept: &str) -> Result<Vec<u8>, LookupError> {
        let patience = &self.client.network.patience;
        let mut n_tries = 0;
        loop {
            self.gate.enter(self.registry.pause)?;
            n_tries += 1;
            let problem = match self.client.once(self.registry.ty, address, size, accept) {
                Ok(bytes) => {
                    self.gate.note(true);
                    return Ok(bytes);
                }
                Err(problem) => problem,
            };
            // What was slow once will not be fast the next time.
            let again = problem.error.is_passing() && problem.error != LookupError::TimedOut;
            if !again || n_tries >= patience.tries {
                self.gate.note(!problem.error.is_passing());
                return Err(problem.error);
            }
            let pause = patience.pause * 2u32.pow(n_tries - 1);
            sleep(problem.wait.unwrap_or(pause).min(patience.answer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_must_be_encrypted_or_on_this_machine() {
        let mut network = Network::default();
        for (address, expect) in [
            ("https://mirror.example/crates/", Ok(())),
            ("http://127.0.0.1:8080", Ok(())),
            ("http://mirror.example", Err(AddressError::Scheme)),
            ("file:///etc/passwd", Err(AddressError::Scheme)),
            ("https://", Err(AddressError::Scheme)),
            ("https://user:token@mirror.example", Err(AddressError::Parts)),
            ("https://mirror.example/?token=1", Err(AddressError::Parts)),
        ] {
            assert_eq!(network.replace("cargo", address), expect, "{address}");
        }
        assert_eq!(network.address("cargo"), Some("http://127.0.0.1:8080"));
        assert_eq!(network.replace("nothing", "https://a.example"), Err(AddressError::Type("nothing".to_owned())));
    }

    #[test]
    fn what_is_not_public_is_refused() {
        for (address, expect) in [
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("::1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("::ffff:127.0.0.1", false),
            ("8.8.8.8", true),
            ("2001:4860:4860::8888", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), expect, "{address}");
        }
    }
}
