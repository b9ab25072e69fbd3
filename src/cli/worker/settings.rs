//! How the worker works, out of the settings' texts.

use super::keys;
use super::layers::Layers;
use crate::cli::Context;
use crate::dispatch;
use crate::registry::Registry;
use crate::worker::{JobTypes, Overrides, SecretFilter, Settings};
use std::collections::BTreeMap;
use std::time::Duration;

const A_DURATION: &str = "a duration such as PT30S";

fn a_duration(text: &str) -> Option<Duration> {
    dispatch::duration::parse(text).filter(|duration| !duration.is_zero())
}

fn a_count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|count| (1..=10_000).contains(count))
}

/// A setting that is a duration.
pub(super) fn duration(layers: &Layers, name: &str, default: Duration) -> Result<Duration, String> {
    Ok(layers.parsed(name, A_DURATION, a_duration)?.unwrap_or(default))
}

/// A setting that is true or false.
pub(super) fn flag(layers: &Layers, name: &str, default: bool) -> Result<bool, String> {
    Ok(layers.parsed(name, "`true` or `false`", |text| text.parse().ok())?.unwrap_or(default))
}

/// All settings but those of the connection, the secrets, calls from outside and the log.
pub(super) fn settings(layers: &Layers, context: &Context) -> Result<Settings, String> {
    let defaults = Settings::default();
    let duration = |name, default| duration(layers, name, default);
    let settings = Settings {
        name: layers.get(keys::NAME).map(str::to_owned),
        max_jobs: layers.parsed(keys::MAX_JOBS, "a number from 1 to 10000", a_count)?.unwrap_or(defaults.max_jobs),
        job_timeout: duration(keys::JOB_TIMEOUT, defaults.job_timeout)?,
        wait: duration(keys::POLL_TIMEOUT, defaults.wait)?,
        grace: duration(keys::GRACE, defaults.grace)?,
        repeat_client_errors: flag(layers, keys::REPEAT_CLIENT_ERRORS, defaults.repeat_client_errors)?,
        secret_filter: layers
            .parsed(keys::SECRET_FILTER, "`disabled`, `lax` or `strict`", |text| match text.to_lowercase().as_str() {
                "disabled" => Some(SecretFilter::Disabled),
                "lax" => Some(SecretFilter::Lax),
                "strict" => Some(SecretFilter::Strict),
                _ => None,
            })?
            .unwrap_or_default(),
        job_types: match (layers.list(keys::ENABLED_TYPES), layers.list(keys::DISABLED_TYPES)) {
            (enabled, disabled) if !enabled.is_empty() && !disabled.is_empty() => {
                return Err(format!(
                    "`{}` and `{}` are both set: unset one",
                    keys::ENABLED_TYPES,
                    keys::DISABLED_TYPES
                ));
            }
            (enabled, _) if !enabled.is_empty() => JobTypes::Only(enabled),
            (_, disabled) => JobTypes::AllBut(disabled),
        },
        overrides: overrides(layers)?,
        inbound: None,
    };
    if settings.wait > settings.grace {
        return Err(format!(
            "`{}` must not be longer than `{}`: the worker waits for its last poll when it is told to stop",
            keys::POLL_TIMEOUT,
            keys::GRACE
        ));
    }
    let subscriptions =
        crate::worker::subscriptions(&context.registry, &settings).map_err(|error| error.to_string())?;
    if subscriptions.is_empty() {
        let types: Vec<_> =
            context.registry.connectors().iter().map(|connector| connector.definition().job_type.as_str()).collect();
        return Err(format!("there is no job type left to take; this program has {}", types.join(", ")));
    }
    Ok(settings)
}

/// What is different for single connectors.
fn overrides(layers: &Layers) -> Result<BTreeMap<String, Overrides>, String> {
    let mut all = BTreeMap::new();
    for (id, section) in &layers.connectors {
        let fault = |name: &str, expected: &str| format!("`{name}` of the connector `{id}` must be {expected}");
        let job_timeout =
            section.get("job-timeout").map(|text| a_duration(text).ok_or_else(|| fault("job-timeout", A_DURATION)));
        let max_jobs = section
            .get("max-jobs")
            .map(|text| a_count(text).ok_or_else(|| fault("max-jobs", "a number from 1 to 10000")));
        let overrides = Overrides {
            job_type: section.get("job-type").cloned(),
            job_timeout: job_timeout.transpose()?,
            max_jobs: max_jobs.transpose()?,
        };
        all.insert(id.clone(), overrides);
    }
    Ok(all)
}

/// Puts what the environment says of single connectors over what the file says.
pub(super) fn add_environment(
    layers: &mut Layers,
    registry: &Registry,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    for connector in registry.connectors() {
        let definition = connector.definition();
        let variable = |suffix: &str| {
            let name = format!("CONNECTOR_{}_{suffix}", environment_name(&definition.name));
            let text = environment(&name).filter(|text| !text.is_empty())?;
            Some((name, text))
        };
        let mut put = |name: &str, text: String| {
            layers.connectors.entry(definition.id.clone()).or_default().insert(name.to_owned(), text);
        };
        if let Some((_, text)) = variable("TYPE") {
            put("job-type", text);
        }
        if let Some((name, text)) = variable("TIMEOUT") {
            let millis = text.parse().ok().filter(|millis: &u64| *millis > 0);
            let millis = millis.ok_or_else(|| format!("{name} is \"{text}\", but must be a number of milliseconds"))?;
            put("job-timeout", format!("PT{}.{:03}S", millis / 1000, millis % 1000));
        }
    }
    Ok(())
}

/// A connector's name as Camunda's runtime has it in the names of environment variables (contract, section 5.1).
fn environment_name(name: &str) -> String {
    let kept = name.trim().chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ' '));
    kept.map(|letter| if letter == ' ' { '_' } else { letter.to_ascii_uppercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::environment_name;

    #[test]
    fn names_in_the_environment_are_those_of_camundas_runtime() {
        assert_eq!(environment_name("HTTP REST"), "HTTP_REST");
        assert_eq!(environment_name(" Power-Automate (x)  "), "POWERAUTOMATE_X");
    }
}
