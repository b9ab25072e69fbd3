//! What goes over the wire: the calls and messages of Zeebe's gateway that a worker needs, of each message the fields that
//! it needs. Written by hand; a test compares names, numbers, types and labels with those that Camunda publishes.
//!
//! Knows nothing but prost, so that tests which play a gateway can include it as a file.

/// Declares messages, each field as `name: type = number "its published name"`, and [`MESSAGES`] out of the same tokens.
macro_rules! messages {
    ($($message:ident {
        $($field:ident: $kind:ident $($label:ident)? $(of $of:ident)? = $tag:literal $published:literal,)*
    })*) => {
        $(
            // Without `Debug`, since variables may hold anything.
            #[derive(Clone, PartialEq, prost::Message)]
            #[prost(skip_debug)]
            pub(crate) struct $message {
                $(
                    #[prost($kind, $($label,)? tag = $tag)]
                    pub(crate) $field: field!($kind $($label)? $(of $of)?),
                )*
            }
        )*

        /// Each message's name with each field's published name, type, label and number.
        #[cfg(test)]
        pub(crate) const MESSAGES: &[(&str, &[(&str, &str, &str, u32)])] = &[
            $((stringify!($message), &[
                $(($published, kind!($kind $(of $of)?), concat!($(stringify!($label))?), $tag),)*
            ]),)*
        ];
    };
}

macro_rules! field {
    (string) => { String };
    (string repeated) => { Vec<String> };
    (int32) => { i32 };
    (int64) => { i64 };
    (bytes) => { Vec<u8> };
    (message repeated of $of:ident) => { Vec<$of> };
    (message optional of $of:ident) => { Option<$of> };
}

#[cfg(test)]
macro_rules! kind {
    (message of $of:ident) => {
        stringify!($of)
    };
    ($kind:ident) => {
        stringify!($kind)
    };
}

messages! {
    TopologyRequest {}
    TopologyResponse {
        brokers: message repeated of BrokerInfo = 1 "brokers",
        gateway_version: string = 5 "gatewayVersion",
    }
    BrokerInfo {
        partitions: message repeated of Partition = 4 "partitions",
    }
    Partition {
        // An enumeration, which has the form of a number: see `HEALTH`.
        health: int32 = 3 "health",
    }
    ActivateJobsRequest {
        job_type: string = 1 "type",
        worker: string = 2 "worker",
        timeout: int64 = 3 "timeout",
        limit: int32 = 4 "maxJobsToActivate",
        variables: string repeated = 5 "fetchVariable",
        request_timeout: int64 = 6 "requestTimeout",
        tenants: string repeated = 7 "tenantIds",
    }
    ActivateJobsResponse {
        jobs: message repeated of ActivatedJob = 1 "jobs",
    }
    StreamActivatedJobsRequest {
        job_type: string = 1 "type",
        worker: string = 2 "worker",
        timeout: int64 = 3 "timeout",
        variables: string repeated = 5 "fetchVariable",
        tenants: string repeated = 6 "tenantIds",
    }
    ActivatedJob {
        key: int64 = 1 "key",
        job_type: string = 2 "type",
        process_instance_key: int64 = 3 "processInstanceKey",
        process_id: string = 4 "bpmnProcessId",
        process_definition_key: int64 = 6 "processDefinitionKey",
        element_id: string = 7 "elementId",
        headers: string = 9 "customHeaders",
        retries: int32 = 11 "retries",
        deadline: int64 = 12 "deadline",
        variables: string = 13 "variables",
        tenant: string = 14 "tenantId",
    }
    CompleteJobRequest {
        job: int64 = 1 "jobKey",
        variables: string = 2 "variables",
    }
    CompleteJobResponse {}
    FailJobRequest {
        job: int64 = 1 "jobKey",
        retries: int32 = 2 "retries",
        message: string = 3 "errorMessage",
        backoff: int64 = 4 "retryBackOff",
        variables: string = 5 "variables",
    }
    FailJobResponse {}
    ThrowErrorRequest {
        job: int64 = 1 "jobKey",
        code: string = 2 "errorCode",
        message: string = 3 "errorMessage",
        variables: string = 4 "variables",
    }
    ThrowErrorResponse {}
    UpdateJobTimeoutRequest {
        job: int64 = 1 "jobKey",
        timeout: int64 = 2 "timeout",
    }
    UpdateJobTimeoutResponse {}
    DeployResourceRequest {
        resources: message repeated of Resource = 1 "resources",
        tenant: string = 2 "tenantId",
    }
    Resource {
        name: string = 1 "name",
        content: bytes = 2 "content",
    }
    DeployResourceResponse {
        deployments: message repeated of Deployment = 2 "deployments",
    }
    Deployment {
        process: message optional of ProcessMetadata = 1 "process",
    }
    ProcessMetadata {
        id: string = 1 "bpmnProcessId",
    }
    CreateProcessInstanceRequest {
        process_definition_key: int64 = 1 "processDefinitionKey",
        process: string = 2 "bpmnProcessId",
        version: int32 = 3 "version",
        variables: string = 4 "variables",
        tenant: string = 6 "tenantId",
    }
    CreateProcessInstanceResponse {
        process_instance_key: int64 = 4 "processInstanceKey",
    }
    CreateProcessInstanceWithResultRequest {
        request: message optional of CreateProcessInstanceRequest = 1 "request",
        request_timeout: int64 = 2 "requestTimeout",
    }
    CreateProcessInstanceWithResultResponse {
        process_instance_key: int64 = 4 "processInstanceKey",
        variables: string = 5 "variables",
    }
    CancelProcessInstanceRequest {
        process_instance_key: int64 = 1 "processInstanceKey",
    }
    CancelProcessInstanceResponse {}
    PublishMessageRequest {
        name: string = 1 "name",
        correlation_key: string = 2 "correlationKey",
        time_to_live: int64 = 3 "timeToLive",
        id: string = 4 "messageId",
        variables: string = 5 "variables",
        tenant: string = 6 "tenantId",
    }
    PublishMessageResponse {
        key: int64 = 1 "key",
    }
}

/// What a partition's health is called, by its number.
pub(crate) const HEALTH: &[&str] = &["healthy", "unhealthy", "dead"];

/// A message that asks for something.
pub(crate) trait Call: prost::Message + Clone + Default + 'static {
    /// The path under which it is asked.
    const PATH: &'static str;
    /// What comes back, once or, where it is streamed, again and again.
    type Answer: prost::Message + Default + 'static;
}

macro_rules! calls {
    ($($name:ident: $request:ident => $answer:ident $($streamed:ident)?,)*) => {
        $(impl Call for $request {
            const PATH: &'static str = concat!("/gateway_protocol.Gateway/", stringify!($name));
            type Answer = $answer;
        })*

        /// Each call's path, what it asks with, what it is answered with, and `streamed` if more than once.
        #[cfg(test)]
        pub(crate) const CALLS: &[(&str, &str, &str, &str)] =
            &[$((<$request>::PATH, stringify!($request), stringify!($answer), concat!($(stringify!($streamed))?)),)*];
    };
}

calls! {
    Topology: TopologyRequest => TopologyResponse,
    ActivateJobs: ActivateJobsRequest => ActivateJobsResponse streamed,
    StreamActivatedJobs: StreamActivatedJobsRequest => ActivatedJob streamed,
    CompleteJob: CompleteJobRequest => CompleteJobResponse,
    FailJob: FailJobRequest => FailJobResponse,
    ThrowError: ThrowErrorRequest => ThrowErrorResponse,
    UpdateJobTimeout: UpdateJobTimeoutRequest => UpdateJobTimeoutResponse,
    DeployResource: DeployResourceRequest => DeployResourceResponse,
    CreateProcessInstance: CreateProcessInstanceRequest => CreateProcessInstanceResponse,
    CreateProcessInstanceWithResult: CreateProcessInstanceWithResultRequest => CreateProcessInstanceWithResultResponse,
    CancelProcessInstance: CancelProcessInstanceRequest => CancelProcessInstanceResponse,
    PublishMessage: PublishMessageRequest => PublishMessageResponse,
}
