use super::*;
use axum::Router;
use axum::extract::State;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
};
use serde_json::json;

/// A key whose private half nobody has, and tokens that it has signed.
const MODULUS: &str = "phU3nvMgSMQf-2fEfvRGdliC9tGoxGXeeGvJD-FYnmIqRXiCZZzv-QPTCn9tBbI4aqHvi4rZfAAXGwi3bFC9wXLTEzRRGcTeyDbBZIg3elbPNBqh3_gI_mvEastoHJ9EdVryvv2mqHbmbh4fsaZW399fzoqXI8J5wZbKV3HXwPD9sZU5AngqhUmIJnDkV4vXnYHo7g_J13jpe4QpP7ZlMfYW1x08Su4HdqjvqwL5CrH0Bz0f7cMppVGZG41XGKVQgXKxL3U_iaMFuwBOCfWZhJzMKyIrUGytJNCgl9toEyjIKcVTwM6DRSDVJOdaTVz_-iyR-Py9Yy92Cpb-RBGw2w";
const CLAIMS: &str = "eyJzdWIiOiJhbm4iLCJyb2xlcyI6WyJhIiwiYiJdfQ";
const SIGNED: [(&str, &str); 3] = [
    (
        "eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ",
        "S20tP8uJq_5nnW8kHi3DBUtx61f0oQDAWVjIGkjoXAbFiZTxRWs9ZjTyZHR0U33lc9SumwDLaOM7wejOrMKD8TDeVLGJ6F7sbC8ZTI9SCO-Qcv9PfjYivlXhYu5jacDwjRF6CCB3W1xyUtoOosM8L0TiKJG0q-8_T0IOzs7n4d11feaqLXh4jT0vYsW4unU9p9Uq0LHq4l9MGcmX7shMpZFKFzRhNwB4UN1Otaea3jJxzdQuZmVbyG_rVyzqA-LOtIC15sekd-j0xbYnNIQJgh0ETfQqIucD-3TbXmu8JaGOj_p4mISkWAgTypeTXeMl_DcNZFdgNpju43OYN4wl9A",
    ),
    (
        "eyJhbGciOiJSUzM4NCIsImtpZCI6InIifQ",
        "Kf6XCxqRVS9OrHBpFZjpMjNONSwdChdOoj1uKsex8o04x1N1ycJEKZv6NlbGGJtxQ_3va43LCanb0xosZon2uMyOOJKkfPqfCAEV2D_uKfYSkjJN0Q5hCm-TqFr-jLfIfxFiaxvTG8yll0YOVr-1Gpyj_6SjG77sA5HQ-yUEa2eDHSJFIhT385dg3VMPbvHl38LPxiBNM3we2NcU_l_FBswmpaCj7jjv9tTaP2ztRNsIOjP1tcFoaCKokHUUQAbOTwO6HYlWK8TLRXCoTEDkthx_TJUbWLfigDcTjClQ5Mert1WWsdc4wF9VvifSz9IWdGMtx-8OpKZj0vI4xiwRJg",
    ),
    (
        "eyJhbGciOiJSUzUxMiIsImtpZCI6InIifQ",
        "KYDyvEzTkCQ8JxJrio5rZDBd4SJrtTxasXqw3uL4mZa7BZVJE34DIyh6iwq3Og9kyaWwDbzCmP2JRymK05MrE6U-lQ1IbORYsVaZfgPFpcUPcQE-a1z0Bk-Bry-Q55KlFRaphd_lDmfQkM0uSwW-FmPgH0nzBsRXYoQFAnLvSTlFCEYp6GgKVhgxy2epTRU6BPd0oUPE8KuCPRYJCunuKnpLFFh8q1FmWImpZBjnuX64erWFhx-pJmXwclp9h6HM2vTOU7XvLZzp-kVUczopf6iBobdgGsqT_a1L_7RzbbCmHt0rmapc-MgjjO1m2lNF-B7OCLI9Sueh-7WxJ4tsGw",
    ),
];

struct Signer {
    pair: EcdsaKeyPair,
    algorithm: &'static str,
}

impl Signer {
    fn new(algorithm: &'static str) -> Self {
        let kind: &'static EcdsaSigningAlgorithm = match algorithm {
            "ES256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
            _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
        };
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("a key");
        Self { pair: EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).expect("a key"), algorithm }
    }

    fn key(&self, id: &str) -> Value {
        let point = &self.pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let curve = if self.algorithm == "ES256" { "P-256" } else { "P-384" };
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({ "kty": "EC", "crv": curve, "kid": id, "use": "sig", "x": x, "y": y })
    }

    fn token(&self, head: &Value, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(head), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

type Served = Arc<Mutex<(Value, usize)>>;

/// Serves a set of keys and counts how often.
async fn serve(keys: Value) -> (String, Served) {
    let served: Served = Arc::new(Mutex::new((json!({ "keys": keys }), 0)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/keys", listener.local_addr().expect("an address"));
    let answer = |State(served): State<Served>| async move {
        let mut served = lock(&served);
        served.1 += 1;
        axum::Json(served.0.clone())
    };
    let router = Router::new().fallback(answer).with_state(Arc::clone(&served));
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    (address, served)
}

fn sets() -> KeySets {
    KeySets::new().expect("a client")
}

#[tokio::test]
async fn signatures_of_every_algorithm_are_verified() {
    let (p256, p384) = (Signer::new("ES256"), Signer::new("ES384"));
    let rsa = json!({ "kty": "RSA", "kid": "r", "n": MODULUS, "e": "AQAB" });
    let strange = json!({ "kty": 5 });
    let (address, served) = serve(json!([strange, rsa, p256.key("p"), p384.key("q")])).await;
    let sets = sets();
    for (head, signature) in SIGNED {
        let claims = verify(&format!("{head}.{CLAIMS}.{signature}"), &address, &sets).await;
        assert_eq!(claims.expect("verified")["sub"], "ann");
        let other = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode("{}"));
        assert_eq!(verify(&other, &address, &sets).await, Err(Refusal::Token("its signature is wrong")));
    }
    for (signer, id) in [(&p256, "p"), (&p384, "q")] {
        let claims = json!({ "sub": "bob" });
        let token = signer.token(&json!({ "alg": signer.algorithm, "kid": id }), &claims);
        assert_eq!(verify(&token, &address, &sets).await, Ok(claims.clone()));
        // The only key that fits.
        let token = signer.token(&json!({ "alg": signer.algorithm }), &claims);
        assert_eq!(verify(&token, &address, &sets).await, Ok(claims));
    }
    assert_eq!(lock(&served).1, 1, "the keys are fetched once");
}

#[tokio::test]
async fn what_a_token_says_of_itself_opens_nothing() {
    let signer = Signer::new("ES256");
    let mut encrypting = signer.key("e");
    encrypting["use"] = json!("enc");
    let mut other = signer.key("o");
    other["alg"] = json!("ES384");
    let (address, _) = serve(json!([signer.key("p"), encrypting, other])).await;
    let sets = sets();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("now").as_secs();
    let unknown = "its algorithm is none of RS256, RS384, RS512, ES256, ES384";
    let no_key = "there is no key that it can be signed by";
    for (head, claims, why) in [
        (json!({ "alg": "none", "kid": "p" }), json!({}), unknown),
        (json!({ "alg": "HS256", "kid": "p" }), json!({}), unknown),
        (json!({ "alg": "RS256", "kid": "p" }), json!({}), no_key),
        (json!({ "alg": "ES256", "kid": "e" }), json!({}), no_key),
        (json!({ "alg": "ES256", "kid": "o" }), json!({}), no_key),
        (json!({ "alg": "ES256", "kid": "p", "crit": ["x"] }), json!({}), "it asks for what is unknown here"),
        (json!({ "alg": "ES256", "kid": "p" }), json!({ "exp": now - 1 }), "its time is over"),
        (json!({ "alg": "ES256", "kid": "p" }), json!({ "nbf": now + 60 }), "its time has not come"),
        (json!({ "alg": "ES256", "kid": "p" }), json!({ "exp": "never" }), "one of its times is no number"),
    ] {
        let token = signer.token(&head, &claims);
        assert_eq!(verify(&token, &address, &sets).await, Err(Refusal::Token(why)), "{head} {claims}");
    }
    let in_time = signer.token(&json!({ "alg": "ES256", "kid": "p" }), &json!({ "exp": now + 60, "nbf": now - 60 }));
    assert!(verify(&in_time, &address, &sets).await.is_ok());
    for (token, why) in [
        ("a", "it has no signature"),
        ("a.b", "it has no claims"),
        ("?.b.c", "it is no Base64"),
        ("e30.e30.", "its header cannot be read"),
    ] {
        assert_eq!(verify(token, &address, &sets).await, Err(Refusal::Token(why)), "{token}");
    }
}

#[tokio::test]
async fn unknown_keys_are_looked_up_ten_times_a_minute_and_no_more() {
    let signer = Signer::new("ES256");
    let (address, served) = serve(json!([])).await;
    let sets = sets();
    let token = signer.token(&json!({ "alg": "ES256", "kid": "p" }), &json!({}));
    for _ in 0..15 {
        assert!(verify(&token, &address, &sets).await.is_err());
    }
    assert_eq!(lock(&served).1, 10);
    // A key that came since is found by other sets, which may still look.
    lock(&served).0 = json!({ "keys": [signer.key("p")] });
    assert!(verify(&token, &address, &sets).await.is_err());
    assert!(verify(&token, &address, &self::sets()).await.is_ok());
}

#[tokio::test]
async fn without_keys_nothing_can_be_told() {
    let signer = Signer::new("ES256");
    let token = signer.token(&json!({ "alg": "ES256" }), &json!({}));
    assert_eq!(verify(&token, "http://127.0.0.1:1/keys", &sets()).await, Err(Refusal::NoKeys));
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_again_count_for_an_hour() {
    let signer = Signer::new("ES256");
    let (address, served) = serve(json!([signer.key("p")])).await;
    let (sets, now) = (sets(), Instant::now());
    let at = async |after: Duration| sets.key_at(&address, Some("p"), Algorithm::ES256, now + after).await.map(|_| ());
    assert_eq!(at(Duration::ZERO).await, Ok(()));
    lock(&served).0 = json!({ "nothing": [] });
    assert_eq!(at(LIFETIME + Duration::from_secs(1)).await, Ok(()), "they are stale");
    assert_eq!(lock(&served).1, 2, "they were looked for");
    assert_eq!(at(LIFETIME + STALE + Duration::from_secs(5)).await, Err(Refusal::NoKeys));

    assert_eq!(at(Duration::ZERO).await, Ok(()));
    sets.keep([address.as_str()].into_iter());
    assert_eq!(at(Duration::ZERO).await, Ok(()));
    sets.keep(["https://other"].into_iter());
    assert_eq!(at(Duration::ZERO).await, Err(Refusal::NoKeys), "they are forgotten");
}

#[test]
fn keys_come_from_where_nobody_is_between() {
    for (address, is_one) in [
        ("https://keys.example/a", true),
        ("http://keys.example/a", false),
        ("http://127.0.0.1:1/a", true),
        ("http://[::1]/a", true),
        ("http://localhost/a", true),
        ("http://localhost.example/a", false),
        ("ftp://127.0.0.1/a", false),
        ("keys", false),
    ] {
        assert_eq!(is_address(address), is_one, "{address}");
    }
}
