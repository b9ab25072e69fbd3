//! The settings of `worker`, each once: flag, environment, key of the config file, default.

/// A setting. All are texts until they are read.
#[derive(Debug)]
pub(super) struct Key {
    /// The flag without its dashes, and the key of the config file.
    pub(super) name: &'static str,
    /// Environment variables, the first that is set wins: the names that Camunda's users have already.
    pub(super) env: &'static [&'static str],
    pub(super) default: Option<&'static str>,
    pub(super) value_name: &'static str,
    pub(super) help: &'static str,
    /// Shown as `***`, and no flag: arguments are seen by every process of a machine.
    pub(super) secret: bool,
}

const fn key(name: &'static str, value_name: &'static str, help: &'static str) -> Key {
    Key { name, env: &[], default: None, value_name, help, secret: false }
}

impl Key {
    const fn env(self, env: &'static [&'static str]) -> Self {
        Self { env, ..self }
    }

    const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }
}

pub(super) const REST_ADDRESS: &str = "rest-address";
pub(super) const GRPC_ADDRESS: &str = "grpc-address";
pub(super) const CLIENT_ID: &str = "client-id";
pub(super) const CLIENT_SECRET: &str = "client-secret";
pub(super) const OAUTH_URL: &str = "oauth-url";
pub(super) const TOKEN_AUDIENCE: &str = "token-audience";
pub(super) const TOKEN_SCOPE: &str = "token-scope";
pub(super) const BASIC_USER: &str = "basic-auth-username";
pub(super) const BASIC_PASSWORD: &str = "basic-auth-password";
pub(super) const TENANT_IDS: &str = "tenant-ids";
pub(super) const CA_CERTIFICATE: &str = "ca-certificate";
pub(super) const NAME: &str = "name";
pub(super) const MAX_JOBS: &str = "max-jobs";
pub(super) const JOB_TIMEOUT: &str = "job-timeout";
pub(super) const POLL_TIMEOUT: &str = "poll-timeout";
pub(super) const GRACE: &str = "grace";
pub(super) const REPEAT_CLIENT_ERRORS: &str = "repeat-client-errors";
pub(super) const ENV_FILE: &str = "env-file";
pub(super) const SECRETS_DIRECTORY: &str = "secrets-directory";
pub(super) const ALLOWED_SECRETS: &str = "allowed-secrets";
pub(super) const SECRET_FILTER: &str = "secret-filter";
pub(super) const ENABLED_TYPES: &str = "enabled-types";
pub(super) const DISABLED_TYPES: &str = "disabled-types";
pub(super) const LISTEN: &str = "listen";
pub(super) const INBOUND_LISTEN: &str = "inbound-listen";
pub(super) const INBOUND_CERTIFICATE: &str = "inbound-certificate";
pub(super) const INBOUND_KEY: &str = "inbound-key";
pub(super) const INBOUND_MAX_BODY: &str = "inbound-max-body";
pub(super) const INBOUND_JOURNAL: &str = "inbound-journal";
pub(super) const INBOUND_WATCH: &str = "inbound-watch";
pub(super) const INBOUND_WATCH_INTERVAL: &str = "inbound-watch-interval";
pub(super) const INBOUND_PROCESSES: &str = "inbound-processes";
pub(super) const INBOUND_DISCOVERY: &str = "inbound-discovery";
pub(super) const INBOUND_DISCOVERY_INTERVAL: &str = "inbound-discovery-interval";
pub(super) const INBOUND_BASE_URL: &str = "inbound-base-url";
pub(super) const INBOUND_MESSAGE_TTL: &str = "inbound-message-ttl";
pub(super) const LOG: &str = "log";
pub(super) const LOG_FORMAT: &str = "log-format";

pub(super) const KEYS: &[Key] = &[
    key(REST_ADDRESS, "URL", "The cluster's REST API, without /v2")
        .env(&["CAMUNDA_REST_ADDRESS", "ZEEBE_REST_ADDRESS", "CAMUNDA_CLIENT_REST_ADDRESS", "CAMUNDA_CLIENT_RESTADDRESS"])
        .default("http://127.0.0.1:8080"),
    key(
        GRPC_ADDRESS,
        "URL",
        "The cluster's gRPC gateway; where it is set, gRPC is spoken instead of REST; `none` for REST",
    )
    .env(&["CAMUNDA_GRPC_ADDRESS", "ZEEBE_GRPC_ADDRESS", "CAMUNDA_CLIENT_GRPC_ADDRESS", "CAMUNDA_CLIENT_GRPCADDRESS"]),
    key(CLIENT_ID, "ID", "OAuth client of the cluster").env(&["CAMUNDA_CLIENT_ID", "ZEEBE_CLIENT_ID", "CAMUNDA_CLIENT_AUTH_CLIENT_ID"]),
    key(CLIENT_SECRET, "SECRET", "Its secret").env(&["CAMUNDA_CLIENT_SECRET", "ZEEBE_CLIENT_SECRET", "CAMUNDA_CLIENT_AUTH_CLIENT_SECRET"]).secret(),
    key(OAUTH_URL, "URL", "Where tokens for the cluster are fetched")
        .env(&["CAMUNDA_OAUTH_URL", "ZEEBE_AUTHORIZATION_SERVER_URL"])
        .default("https://login.cloud.camunda.io/oauth/token"),
    key(TOKEN_AUDIENCE, "AUDIENCE", "Whom the token is for")
        .env(&["CAMUNDA_TOKEN_AUDIENCE", "ZEEBE_TOKEN_AUDIENCE"])
        .default("zeebe.camunda.io"),
    key(TOKEN_SCOPE, "SCOPE", "What the token is for").env(&["CAMUNDA_TOKEN_SCOPE", "ZEEBE_TOKEN_SCOPE"]),
    key(BASIC_USER, "NAME", "User, for a cluster with basic authentication").env(&["CAMUNDA_BASIC_AUTH_USERNAME"]),
    key(BASIC_PASSWORD, "PASSWORD", "That user's password").env(&["CAMUNDA_BASIC_AUTH_PASSWORD"]).secret(),
    key(TENANT_IDS, "IDS", "Tenants whose jobs are taken, with commas between; the default one if none").env(&[
        "CAMUNDA_TENANT_IDS",
        "CAMUNDA_TENANT_ID",
        "ZEEBE_TENANT_ID",
    ]),
    key(CA_CERTIFICATE, "FILE", "Certificates (PEM) to trust besides the usual ones")
        .env(&["CAMUNDA_CA_CERTIFICATE_PATH", "ZEEBE_CA_CERTIFICATE_PATH"]),
    key(NAME, "NAME", "Worker's name that the cluster shows; the connector's if none").env(&["CAMUNDA_WORKER_NAME"]),
    key(MAX_JOBS, "N", "Jobs of one type that are executed side by side")
        .env(&["CAMUNDA_WORKER_MAX_CONCURRENT_JOBS"])
        .default("100"),
    key(JOB_TIMEOUT, "DURATION", "How long a job is this worker's").env(&["CAMUNDA_WORKER_TIMEOUT"]).default("PT5M"),
    key(POLL_TIMEOUT, "DURATION", "How long the cluster waits for a job before it answers that there is none")
        .env(&["CAMUNDA_WORKER_REQUEST_TIMEOUT"])
        .default("PT10S"),
    key(GRACE, "DURATION", "How long running jobs may take after SIGTERM").env(&["OPWRIGHT_GRACE"]).default("PT20S"),
    key(
        REPEAT_CLIENT_ERRORS,
        "BOOL",
        "`true`: jobs that a server refuses for good (400, 404, …) use up their retries first",
    )
    .env(&["OPWRIGHT_REPEAT_CLIENT_ERRORS"])
    .default("false"),
    key(ENV_FILE, "FILE", "File of lines SECRET_NAME='value'; it wins over the environment")
        .env(&["OPWRIGHT_ENV_FILE"]),
    key(SECRETS_DIRECTORY, "DIR", "Directory with one file for each secret, by its name, as Kubernetes mounts them")
        .env(&["OPWRIGHT_SECRETS_DIRECTORY"]),
    key(
        ALLOWED_SECRETS,
        "NAMES",
        "Secrets that jobs, accounts and webhooks may ask for, with commas between and `*` for any letters; all where this is not set, none where it is empty. What else looks like a \
         placeholder stays text, or is a fault of the webhook",
    )
    .env(&["OPWRIGHT_ALLOWED_SECRETS"]),
    key(
        SECRET_FILTER,
        "MODE",
        "`lax` or `strict`: only secrets that the task's own input mappings name, so that no process variable can ask for \
         one. Reads the process from the cluster (8.8 or newer); where that fails, `lax` allows all and `strict` none",
    )
    .env(&["CAMUNDA_CONNECTOR_SECRETRESOLVER_SECRETFILTER_MODE"])
    .default("disabled"),
    key(ENABLED_TYPES, "TYPES", "Job types to take, with commas between; all if none")
        .env(&["CONNECTOR_OUTBOUND_ENABLED"]),
    key(DISABLED_TYPES, "TYPES", "Job types to leave to other workers, with commas between")
        .env(&["CONNECTOR_OUTBOUND_DISABLED"]),
    key(LISTEN, "ADDRESS", "Where /health/live, /health/ready and /metrics are served; `none` for nowhere")
        .env(&["OPWRIGHT_LISTEN"])
        .default("127.0.0.1:8086"),
    key(
        INBOUND_LISTEN,
        "ADDRESS",
        "Where calls from outside are taken, as POST /inbound/{context}, such as 0.0.0.0:8443; nowhere if it is not set",
    )
    .env(&["OPWRIGHT_INBOUND_LISTEN"]),
    key(INBOUND_CERTIFICATE, "FILE", "Certificates (PEM) for TLS there; without them, put a proxy before it")
        .env(&["OPWRIGHT_INBOUND_CERTIFICATE"]),
    key(INBOUND_KEY, "FILE", "Their private key (PEM)").env(&["OPWRIGHT_INBOUND_KEY"]),
    key(INBOUND_MAX_BODY, "BYTES", "The largest body that is taken there")
        .env(&["OPWRIGHT_INBOUND_MAX_BODY"])
        .default("1048576"),
    key(INBOUND_JOURNAL, "FILE", "What must not be lost of events: on a disk that outlives the worker, one for each")
        .env(&["OPWRIGHT_INBOUND_JOURNAL"]),
    key(
        INBOUND_WATCH,
        "WHICH",
        "Runs whose end is asked for in case no call tells of it: `called` (those that a call was ordered for), `all` or \
         `none`",
    )
    .env(&["OPWRIGHT_INBOUND_WATCH"])
    .default("called"),
    key(INBOUND_WATCH_INTERVAL, "DURATION", "The shortest time between two such questions; it grows with a run's age")
        .env(&["OPWRIGHT_INBOUND_WATCH_INTERVAL"])
        .default("PT30S"),
    key(
        INBOUND_PROCESSES,
        "FILES",
        "BPMN files, with commas between, whose elements wait for webhooks or events: for clusters without the search API",
    )
    .env(&["OPWRIGHT_INBOUND_PROCESSES"]),
    key(
        INBOUND_DISCOVERY,
        "BOOL",
        "`false`: the cluster is not asked for its processes. It is over REST, and answers from 8.8 on",
    )
    .env(&["CAMUNDA_CONNECTOR_POLLING_ENABLED"])
    .default("true"),
    key(INBOUND_DISCOVERY_INTERVAL, "DURATION", "How often it is asked for them")
        .env(&["OPWRIGHT_INBOUND_DISCOVERY_INTERVAL"])
        .default("PT5S"),
    key(INBOUND_BASE_URL, "URL", "How the world reaches it, for signatures that are about the address")
        .env(&["OPWRIGHT_INBOUND_BASE_URL"]),
    key(INBOUND_MESSAGE_TTL, "DURATION", "How long a message waits for its process, where the element does not say so")
        .env(&["CAMUNDA_CONNECTOR_INBOUND_MESSAGE_TTL"])
        .default("PT1H"),
    key(LOG, "FILTER", "What is logged, such as `debug` or `warn,opwright::worker=debug`")
        .env(&["OPWRIGHT_LOG", "RUST_LOG"])
        .default("info"),
    key(LOG_FORMAT, "FORMAT", "`text`, or `json`: an object a line").env(&["OPWRIGHT_LOG_FORMAT"]).default("text"),
];
