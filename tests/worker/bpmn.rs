//! The BPMN of processes with one task of a connector.

/// A process with one task of the connector, and a boundary event for BPMN errors.
pub(crate) struct Process {
    pub(crate) id: String,
    inputs: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    pub(crate) ends: bool,
}

impl Process {
    /// A task that ends as it is told.
    pub(crate) fn ending(id: &str, how: &str) -> Self {
        let process = Self { id: id.to_owned(), inputs: Vec::new(), headers: Vec::new(), ends: true };
        process.header("operation", "end").input("how", how)
    }

    /// A task with the headers and inputs of this operation's generated process.
    pub(crate) fn new(id: &str, operation: &str) -> Self {
        let inputs = [
            ("authentication.type", "oauth-client-credentials-flow"),
            ("authentication.clientId", "{{secrets.POWER_AUTOMATE_CLIENT_ID}}"),
            ("authentication.clientSecret", "{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}"),
            ("authentication.oauthTokenEndpoint", "{{secrets.POWER_AUTOMATE_TOKEN_ENDPOINT}}"),
            ("organizationUri", "=organizationUri"),
        ];
        let own: &[(&str, &str)] = match operation {
            "trigger-flow-run" => {
                &[("workflowId", "=workflowId"), ("connectionName", "=connectionName"), ("runMode", "unattended")]
            }
            _ => &[("flowSessionId", "=flowSessionId")],
        };
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let process = Self {
            id: id.to_owned(),
            inputs: inputs.iter().chain(own).map(pair).collect(),
            headers: Vec::new(),
            ends: false,
        };
        process.header("operation", operation)
    }

    /// With another value of an input.
    pub(crate) fn input(mut self, name: &str, value: &str) -> Self {
        self.inputs.retain(|(known, _)| known != name);
        self.inputs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without an input and its members.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.inputs.retain(|(known, _)| known != name && !known.starts_with(&format!("{name}.")));
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bpmn(&self, job_type: &str) -> String {
        let escaped =
            |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\n', "&#10;");
        let inputs: String = self
            .inputs
            .iter()
            .map(|(name, value)| format!(r#"<zeebe:input source="{}" target="{name}"/>"#, escaped(value)))
            .collect();
        let headers: String = self
            .headers
            .iter()
            .map(|(name, value)| format!(r#"<zeebe:header key="{name}" value="{}"/>"#, escaped(value)))
            .collect();
        let id = &self.id;
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:error id="Any" errorCode="CAUGHT"/>
  <bpmn:process id="{id}" isExecutable="true">
    <bpmn:startEvent id="Start"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:serviceTask id="Task">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="{job_type}" retries="3"/>
        <zeebe:ioMapping>{inputs}</zeebe:ioMapping>
        <zeebe:taskHeaders>{headers}</zeebe:taskHeaders>
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming>
      <bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:boundaryEvent id="Boundary" attachedToRef="Task">
      <bpmn:outgoing>Flow_3</bpmn:outgoing>
      <bpmn:errorEventDefinition errorRef="Any"/>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="End"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="Caught"><bpmn:incoming>Flow_3</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="Task"/>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Task" targetRef="End"/>
    <bpmn:sequenceFlow id="Flow_3" sourceRef="Boundary" targetRef="Caught"/>
  </bpmn:process>
</bpmn:definitions>"#
        )
    }
}
