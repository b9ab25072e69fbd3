//! What Dataverse answers: run a flow, read a run's row and outputs, cancel it. Knows nothing of
//! tokens, limits per client and faults: the request has passed them.

use super::callback;
use super::odata::{Answer, bad_query, no_row, throttled};
use super::run_request::RunRequest;
use super::session::{Ending, RunError, Session, inputs_ask_to_fail};
use super::settings::ExcessRuns;
use super::state::Shared;
use opwright::power_automate::{FlowOutputs, FlowRunStarted, FlowRunState, RunMode};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Names of the table, in messages and in URLs.
const TABLE: &str = "flowsession";
const ROWS: &str = "flowsessions";
/// How the row of a run tells that the run came through the Web API.
const TRIGGERED_BY_WEB_API: i64 = 3;

/// Runs a flow, and tells the new flow session.
pub(super) fn run(shared: &Arc<Shared>, workflow: Uuid, body: &[u8]) -> Result<(Answer, Uuid), Answer> {
    let request = RunRequest::parse(body)?;
    if shared.settings.missing_flows.contains(&workflow) {
        return Err(no_row("workflow", workflow));
    }
    let (settings, now) = (&shared.settings, shared.clock.now());
    let limit = settings.limits.runs_per_minute;
    let mut session = Session {
        id: Uuid::new_v4(),
        workflow,
        run_mode: request.run_mode,
        inputs: request.inputs,
        asked_at: now,
        waiting: settings.waiting(),
        running: settings.running(),
        timeout: request.timeout,
        ending: Ending::Succeeds,
        cancelled_at: None,
    };
    if settings.failing_flows.contains(&workflow) || inputs_ask_to_fail(&request.input_members) {
        session.ending = Ending::Fails(RunError {
            code: "EmulatedFailure",
            message: "The emulator was told to let this run fail.".to_owned(),
        });
    }
    let id = session.id;
    let mut world = shared.world();
    if let Err(seconds) = world.connection_runs.start(&request.connection_name, limit, now) {
        let message =
            format!("The connection has started {limit} runs within a minute; try again in {seconds} seconds.");
        if settings.limits.excess_runs == ExcessRuns::Refuse {
            return Err(throttled("", message, seconds));
        }
        (session.waiting, session.running) = (Duration::ZERO, Duration::ZERO);
        session.ending = Ending::Fails(RunError { code: "DesktopFlowsActionThrottled", message });
    }
    let changed = world.sessions.insert(session);
    drop(world);
    if let Some(url) = request.callback_url {
        tokio::spawn(callback::report_end(Arc::clone(shared), id, url, changed));
    }
    let started = FlowRunStarted {
        context: format!("{}#Microsoft.Dynamics.CRM.RunDesktopFlowResponse", metadata(shared)),
        flow_session_id: id.to_string(),
        license_check: None,
    };
    Ok((Answer::json(200, &json!(started)), id))
}

/// The row of a run, with the columns that the query selects.
pub(super) fn status(shared: &Shared, id: Uuid, query: Option<&str>) -> Result<Answer, Answer> {
    let selected = selected_columns(query)?;
    let now = shared.clock.now();
    let world = shared.world();
    let session = world.sessions.get(id).ok_or_else(|| no_row(TABLE, id))?;
    let (mut row, etag) = row(shared, session, now, selected.as_deref());
    drop(world);
    if let Some(names) = selected {
        if let Some(unknown) = names.iter().find(|name| !row.contains_key(name.as_str())) {
            let unknown = super::ledger::shortened(unknown);
            return Err(bad_query(format!(
                "Could not find a property named '{unknown}' on type 'Microsoft.Dynamics.CRM.{TABLE}'."
            )));
        }
        row.retain(|name, _| name.starts_with('@') || names.contains(name));
    }
    Ok(Answer::json(200, &Value::Object(row)).with("etag", etag))
}

/// What a run returned.
pub(super) fn outputs(shared: &Shared, id: Uuid) -> Result<Answer, Answer> {
    let now = shared.clock.now();
    let session = shared.world().sessions.get(id).cloned().ok_or_else(|| no_row(TABLE, id))?;
    let outputs = session.outputs(now).map(FlowOutputs).ok_or_else(|| {
        let status = session.status(now);
        Answer::error(
            404,
            "0x80040217",
            format!(
                "The {TABLE} {id} has no outputs: its status is {status:?}, and only a run that succeeded has outputs."
            ),
        )
    })?;
    Ok(Answer::json(200, &json!(outputs)))
}

/// Cancels a run. One that is over stays as it is, so that a repetition does no harm.
pub(super) fn cancel(shared: &Shared, id: Uuid) -> Result<Answer, Answer> {
    let now = shared.clock.now();
    shared.world().sessions.cancel(id, now).ok_or_else(|| no_row(TABLE, id))?;
    Ok(Answer::no_content())
}

fn metadata(shared: &Shared) -> String {
    format!("{}/api/data/v9.2/$metadata", shared.organization_uri)
}

/// All columns of a run's row that the emulator has, and its etag.
fn row(shared: &Shared, session: &Session, now: Duration, selected: Option<&[String]>) -> (Map<String, Value>, String) {
    let status = session.status(now);
    let time = |time: Option<Duration>| time.map(|time| shared.clock.seconds(time));
    let columns = selected.map(|names| format!("({})", names.join(","))).unwrap_or_default();
    // Grows with time and changes with the status, like the version of a row.
    let etag = format!("W/\"{}\"", session.asked_at.as_millis() * 16 + u128::from(status.code().unsigned_abs()));
    let state = FlowRunState {
        context: format!("{}#{ROWS}{columns}/$entity", metadata(shared)),
        etag: etag.clone(),
        status,
        state: status.record_state(),
        started_on: time(session.started_at(now)),
        completed_on: time(session.completed_at(now)),
    };
    let mut row = match json!(state) {
        Value::Object(row) => row,
        _ => Map::new(),
    };
    let error = session.error(now);
    let further = json!({
        "flowsessionid": session.id.to_string(),
        "createdon": shared.clock.seconds(session.asked_at),
        "errorcode": error.as_ref().map(|error| error.code),
        "errormessage": error.as_ref().map(|error| &error.message),
        "errordetails": null,
        "errorinnererror": null,
        "runmode": match session.run_mode {
            RunMode::Attended => 1,
            RunMode::Unattended => 2,
        },
        "triggertype": TRIGGERED_BY_WEB_API,
    });
    if let Value::Object(further) = further {
        row.extend(further);
    }
    (row, etag)
}

/// The columns that `$select` names; `None` for all. Other system query options are not served.
fn selected_columns(query: Option<&str>) -> Result<Option<Vec<String>>, Answer> {
    let mut selected = None;
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "$select" if value.trim().is_empty() => {
                return Err(bad_query("The query option $select names no property."));
            }
            "$select" => selected = Some(value.split(',').map(|name| name.trim().to_owned()).collect()),
            other if other.starts_with('$') => {
                let other = super::ledger::shortened(other);
                return Err(bad_query(format!("The query parameter {other} is not supported.")));
            }
            _ => {}
        }
    }
    Ok(selected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn select_is_read_from_the_query() {
        let names = |query| selected_columns(query).map_err(|answer| answer.status);
        assert_eq!(names(None), Ok(None));
        assert_eq!(
            names(Some("$select=statuscode,%20startedon&x=1")),
            Ok(Some(vec!["statuscode".to_owned(), "startedon".to_owned()]))
        );
        assert_eq!(names(Some("%24select=statuscode")), Ok(Some(vec!["statuscode".to_owned()])));
        assert_eq!(names(Some("$select=")), Err(400));
        assert_eq!(names(Some("$expand=x")), Err(400));
    }
}
