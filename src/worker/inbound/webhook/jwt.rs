//! Tokens that somebody else has signed, and the public keys that tell so.
//!
//! The key decides how a token must be signed, never the token: `none` and the algorithms of shared secrets are unknown here.

use crate::http::{HttpClient, Request, TransportError, is_loopback, origin, parse_url};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long keys are used before they are fetched again.
const LIFETIME: Duration = Duration::from_secs(600);
/// How long they are used where they cannot be fetched again.
const STALE: Duration = Duration::from_secs(3600);
/// So often at most keys are fetched from one address within the window: anybody can send tokens with unknown keys.
const LOOKUPS: usize = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// How long fetching may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a token does not count.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not the right one.
    Token(&'static str),
    /// There are no keys to tell by.
    NoKeys,
}

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Algorithm {
    RS256,
    RS384,
    RS512,
    ES256,
    ES384,
}

/// What is public of a key that a set has.
#[derive(Debug, Clone, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    /// Whether tokens may be signed by it in this way.
    fn fits(&self, algorithm: Algorithm) -> bool {
        let name = format!("{algorithm:?}");
        let kind = match algorithm {
            Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 => self.kty == "RSA",
            Algorithm::ES256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
            Algorithm::ES384 => self.kty == "EC" && self.crv.as_deref() == Some("P-384"),
        };
        let intended = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        kind && intended && self.alg.as_deref().is_none_or(|alg| alg == name)
    }

    fn verifies(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        let verified = match algorithm {
            Algorithm::RS256 => self.rsa(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
            Algorithm::RS384 => self.rsa(&RSA_PKCS1_2048_8192_SHA384, signed, signature),
            Algorithm::RS512 => self.rsa(&RSA_PKCS1_2048_8192_SHA512, signed, signature),
            Algorithm::ES256 => self.ecdsa(&ECDSA_P256_SHA256_FIXED, 32, signed, signature),
            Algorithm::ES384 => self.ecdsa(&ECDSA_P384_SHA384_FIXED, 48, signed, signature),
        };
        verified.is_some()
    }

    fn rsa(&self, parameters: &RsaParameters, signed: &[u8], signature: &[u8]) -> Option<()> {
        let (n, e) = (number(self.n.as_deref()?)?, number(self.e.as_deref()?)?);
        RsaPublicKeyComponents { n: &n, e: &e }.verify(parameters, signed, signature).ok()
    }

    fn ecdsa(
        &self,
        algorithm: &'static EcdsaVerificationAlgorithm,
        size: usize,
        signed: &[u8],
        signature: &[u8],
    ) -> Option<()> {
        // An uncompressed point.
        let mut point = vec![4];
        for coordinate in [self.x.as_deref()?, self.y.as_deref()?] {
            let coordinate = number(coordinate)?;
            point.resize(point.len() + size.checked_sub(coordinate.len())?, 0);
            point.extend(coordinate);
        }
        UnparsedPublicKey::new(algorithm, point).verify(signed, signature).ok()
    }
}

/// The bytes of a number, without zeros before.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec())
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// What a token claims that one of the keys at this address has signed and whose time has come and is not over.
pub(super) async fn verify(token: &str, keys: &str, key_sets: &KeySets) -> Result<Value, Refusal> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Token("it has no signature"))?;
    let (head, claims) = signed.split_once('.').ok_or(Refusal::Token("it has no claims"))?;
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Token("it is no Base64"));
    let head: Head =
        serde_json::from_slice(&decoded(head)?).map_err(|_| Refusal::Token("its header cannot be read"))?;
    if head.crit.is_some() {
        return Err(Refusal::Token("it asks for what is unknown here"));
    }
    let algorithm: Algorithm = serde_json::from_value(Value::String(head.alg))
        .map_err(|_| Refusal::Token("its algorithm is none of RS256, RS384, RS512, ES256, ES384"))?;
    let signature = decoded(signature)?;
    let key = key_sets.key(keys, head.kid.as_deref(), algorithm).await?;
    if !key.verifies(algorithm, signed.as_bytes(), &signature) {
        return Err(Refusal::Token("its signature is wrong"));
    }
    let claims: Value =
        serde_json::from_slice(&decoded(claims)?).map_err(|_| Refusal::Token("its claims cannot be read"))?;
    in_time(&claims, SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64())?;
    Ok(claims)
}

/// Whether keys may be fetched from there: where nobody between can send others.
pub(super) fn is_address(text: &str) -> bool {
    parse_url(text).is_ok_and(|(url, _)| url.scheme() == "https" || is_loopback(&url))
}

fn in_time(claims: &Value, now: f64) -> Result<(), Refusal> {
    let time = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(time) => time.as_f64().map(Some).ok_or(Refusal::Token("one of its times is no number")),
    };
    if time("exp")?.is_some_and(|end| now >= end) {
        return Err(Refusal::Token("its time is over"));
    }
    if time("nbf")?.is_some_and(|begin| now < begin) {
        return Err(Refusal::Token("its time has not come"));
    }
    Ok(())
}

/// The keys of all addresses that were asked for.
#[derive(Debug)]
pub(super) struct KeySets {
    client: HttpClient,
    known: Mutex<HashMap<String, Arc<KeySet>>>,
}

/// The keys of an address.
#[derive(Debug, Default)]
struct KeySet {
    fetched: Mutex<Fetched>,
    /// Held by who fetches.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Fetched {
    keys: Option<(Arc<[Key]>, Instant)>,
    /// When they were fetched, or were tried to be.
    lookups: VecDeque<Instant>,
}

impl KeySets {
    pub(super) fn new() -> Result<Self, TransportError> {
        Ok(Self { client: HttpClient::new()?, known: Mutex::default() })
    }

    /// Forgets the keys of all other addresses.
    pub(super) fn keep<'a>(&self, addresses: impl Iterator<Item = &'a str>) {
        let addresses: HashSet<&str> = addresses.collect();
        lock(&self.known).retain(|address, _| addresses.contains(address.as_str()));
    }

    async fn key(&self, address: &str, id: Option<&str>, algorithm: Algorithm) -> Result<Key, Refusal> {
        self.key_at(address, id, algorithm, Instant::now()).await
    }

    async fn key_at(
        &self,
        address: &str,
        id: Option<&str>,
        algorithm: Algorithm,
        begun: Instant,
    ) -> Result<Key, Refusal> {
        const NO_KEY: Refusal = Refusal::Token("there is no key that it can be signed by");
        let set = Arc::clone(lock(&self.known).entry(address.to_owned()).or_default());
        if let Some(key) = set.keys(begun).and_then(|(keys, _)| chosen(&keys, id, algorithm)) {
            return Ok(key);
        }
        let _fetching = set.fetching.lock().await;
        let now = begun.max(Instant::now());
        let known = set.keys(now);
        // What cannot be fetched now was right a while ago.
        let stale = || match set.stale(now) {
            Some(keys) => chosen(&keys, id, algorithm).ok_or(NO_KEY),
            None => Err(Refusal::NoKeys),
        };
        // Who waited for somebody's fetching has its keys, too.
        if let Some((keys, _)) = known.as_ref().filter(|(_, fetched)| *fetched >= begun) {
            return chosen(keys, id, algorithm).ok_or(NO_KEY);
        }
        if !set.may_look_up(now) {
            return stale();
        }
        match fetch(&self.client, address).await {
            Ok(keys) => {
                let keys: Arc<[Key]> = keys.into();
                lock(&set.fetched).keys = Some((Arc::clone(&keys), Instant::now()));
                chosen(&keys, id, algorithm).ok_or(NO_KEY)
            }
            Err(problem) => {
                let host = origin(address).unwrap_or_default();
                tracing::warn!(problem, host, "the keys for tokens cannot be fetched");
                stale()
            }
        }
    }
}

impl KeySet {
    /// The keys that are fresh.
    fn keys(&self, now: Instant) -> Option<(Arc<[Key]>, Instant)> {
        let fetched = lock(&self.fetched);
        fetched.keys.as_ref().filter(|(_, at)| now.duration_since(*at) < LIFETIME).cloned()
    }

    /// The keys that are fresh, or were not long ago.
    fn stale(&self, now: Instant) -> Option<Arc<[Key]>> {
        let fetched = lock(&self.fetched);
        let (keys, at) = fetched.keys.as_ref()?;
        (now.duration_since(*at) < LIFETIME + STALE).then(|| Arc::clone(keys))
    }

    /// Counts a lookup, unless there were too many.
    fn may_look_up(&self, now: Instant) -> bool {
        let lookups = &mut lock(&self.fetched).lookups;
        while lookups.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
            lookups.pop_front();
        }
        let may = lookups.len() < LOOKUPS;
        if may {
            lookups.push_back(now);
        }
        may
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The key of this id; where a token names none, the only one that fits.
fn chosen(keys: &[Key], id: Option<&str>, algorithm: Algorithm) -> Option<Key> {
    let mut fitting = keys.iter().filter(|key| key.fits(algorithm));
    match id {
        Some(id) => fitting.find(|key| key.kid.as_deref() == Some(id)).cloned(),
        None => fitting.next().filter(|_| fitting.next().is_none()).cloned(),
    }
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

async fn fetch(client: &HttpClient, address: &str) -> Result<Vec<Key>, String> {
    let request = Request::json("GET", address.to_owned(), None);
    let response = client.send_within(&request, FETCH_TIMEOUT).await.map_err(|error| error.to_string())?;
    if response.status != 200 {
        return Err(format!("the answer is {}", response.status));
    }
    let set: Set = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
    // Keys of kinds that are unknown here are no fault of the others.
    Ok(set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}

#[cfg(test)]
mod tests;
