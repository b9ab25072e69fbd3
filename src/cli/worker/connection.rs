//! How the cluster is reached, out of the settings' texts.

use super::keys;
use super::layers::Layers;
use crate::cluster::{Connection, Credentials, Protocol};
use crate::http::oauth::ClientCredentials;

/// Where the cluster is and what is spoken there: gRPC where its address is set, unless that of REST is set at a stronger
/// place.
fn address(layers: &Layers) -> Result<(Protocol, String), String> {
    for name in [keys::GRPC_ADDRESS, keys::REST_ADDRESS] {
        let holds_a_user = |text: &str| match url::Url::parse(text) {
            Ok(url) => !url.username().is_empty() || url.password().is_some(),
            Err(_) => text.contains('@'),
        };
        if layers.get(name).is_some_and(holds_a_user) {
            // Without the value, which is printed and logged elsewhere.
            return Err(format!(
                "`{name}` holds a user or a password: set `{}` and `{}` instead",
                keys::BASIC_USER,
                keys::BASIC_PASSWORD
            ));
        }
    }
    let grpc = layers.get(keys::GRPC_ADDRESS).is_some_and(|address| address != "none");
    if grpc && !layers.is_stronger(keys::REST_ADDRESS, keys::GRPC_ADDRESS) {
        let address = layers.parsed(keys::GRPC_ADDRESS, "a URL such as http://127.0.0.1:26500, or `none`", |text| {
            let text = text.trim_end_matches('/');
            // As Camunda's console writes them.
            let address = match text.split_once("://")? {
                ("grpcs", rest) => format!("https://{rest}"),
                ("grpc", rest) => format!("http://{rest}"),
                _ => text.to_owned(),
            };
            let (url, _) = crate::http::parse_url(&address).ok()?;
            (url.path() == "/" && url.query().is_none()).then_some(address)
        })?;
        #[cfg(feature = "grpc")]
        return Ok((Protocol::Grpc, address.unwrap_or_default()));
        #[cfg(not(feature = "grpc"))]
        return Err(format!(
            "`{}` is set ({}), but this program was built without the feature `grpc`: set it to `none` and use `{}`",
            keys::GRPC_ADDRESS,
            address.unwrap_or_default(),
            keys::REST_ADDRESS
        ));
    }
    let address = layers.parsed(keys::REST_ADDRESS, "an http or https URL", |text| {
        let sound = crate::http::parse_url(text).is_ok();
        let text = text.trim_end_matches('/');
        sound.then(|| text.strip_suffix("/v2").unwrap_or(text).to_owned())
    })?;
    Ok((Protocol::Rest, address.unwrap_or_default()))
}

/// How the cluster is reached, and by whom.
pub(super) fn connection(layers: &Layers) -> Result<Connection, String> {
    let (protocol, address) = address(layers)?;
    let text = |name| layers.get(name).map(str::to_owned);
    let missing = |name: &str, other: &str| format!("`{name}` is set, but `{other}` is not");
    let credentials = match (
        text(keys::CLIENT_ID),
        text(keys::CLIENT_SECRET),
        text(keys::BASIC_USER),
        text(keys::BASIC_PASSWORD),
    ) {
        (Some(client_id), Some(client_secret), None, None) => Credentials::OAuth(ClientCredentials {
            token_endpoint: text(keys::OAUTH_URL).unwrap_or_default(),
            client_id,
            client_secret,
            scope: text(keys::TOKEN_SCOPE),
            audience: text(keys::TOKEN_AUDIENCE),
        }),
        (None, None, Some(user), Some(password)) => Credentials::Basic { user, password: password.into() },
        (None, None, None, None) => Credentials::None,
        (Some(_), None, ..) => return Err(missing(keys::CLIENT_ID, keys::CLIENT_SECRET)),
        (None, Some(_), ..) => return Err(missing(keys::CLIENT_SECRET, keys::CLIENT_ID)),
        (.., Some(_), None) => return Err(missing(keys::BASIC_USER, keys::BASIC_PASSWORD)),
        (.., None, Some(_)) => return Err(missing(keys::BASIC_PASSWORD, keys::BASIC_USER)),
        _ => return Err("there are an OAuth client and a user with a password for the cluster: unset one".to_owned()),
    };
    let roots = match layers.get(keys::CA_CERTIFICATE) {
        Some(path) => {
            vec![
                std::fs::read_to_string(path)
                    .map_err(|error| format!("cannot read the certificates {path}: {error}"))?,
            ]
        }
        None => Vec::new(),
    };
    Ok(Connection { protocol, address, credentials, tenants: layers.list(keys::TENANT_IDS), roots })
}
