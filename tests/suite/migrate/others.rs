//! What is of others, too, when an element moves: messages, comments in its lists, the encoding of the file.

use super::by_hand::{HEAD, MESSAGE, diagram, input, named, property, template};
use super::random;
use crate::update::read;
use opwright::compat::Entry;
use opwright::diagram::{Diagram, Move};
use opwright::migrate::{Goal, Library, Migration, NoteKind};
use opwright::template::Binding;
use serde_json::Value;

/// What becomes of a diagram where all elements of the template move, and what is told of messages and signals.
fn shared(elements: &str, root: &str, old: &[Value], new: &[Value]) -> (String, Vec<String>) {
    let mut library = Library::default();
    for (version, properties) in [(1, old), (2, new)] {
        assert!(library.add(&read(&template(version, "bpmn:ReceiveTask", properties))));
    }
    let migration = Migration { library, goal: Goal::Latest, only: None };
    let diagram = Diagram::parse(&diagram(&elements.replace("HEAD", HEAD), root)).expect("BPMN");
    let migrated = migration.run(&diagram, &mut random()).expect("they are moved");
    let notes = migrated.elements.iter().flat_map(|element| &element.notes);
    let told = notes.filter(|note| note.kind == NoteKind::Needs);
    (migrated.diagram.text().to_owned(), told.map(|note| format!("{}: {}", note.field, note.message)).collect())
}

const CATCHES: &str = r#"<bpmn:intermediateCatchEvent id="Catch"><bpmn:messageEventDefinition id="Def" messageRef="M" /></bpmn:intermediateCatchEvent>"#;

#[test]
fn a_message_that_others_refer_to_stays() {
    let zeebe = |value| [property("String", value, &named("zeebe:property", "name", "p"))];
    let receives = r#"<bpmn:receiveTask HEAD messageRef="M" />"#;
    let as_element = "<bpmn:intermediateCatchEvent id=\"Catch\"><bpmn:messageEventDefinition>\
         <bpmn:messageRef>M</bpmn:messageRef></bpmn:messageEventDefinition></bpmn:intermediateCatchEvent>";
    let operation = r#"<bpmn:interface id="I"><bpmn:operation id="Op"><bpmn:inMessageRef>M</bpmn:inMessageRef></bpmn:operation></bpmn:interface>"#;
    let picked = r#"<bpmn:message id="M" name="picked" />"#;
    let rows = [
        (CATCHES, picked.to_owned(), "Catch"),
        (as_element, picked.to_owned(), "Catch"),
        (&CATCHES.replace("\"M\"", "\"own:M\""), picked.to_owned(), "Catch"),
        ("", format!("{picked}{operation}"), "Op"),
        (CATCHES, MESSAGE.to_owned(), "Catch"),
    ];
    for (other, root, name) in rows {
        let (text, told) = shared(&format!("{receives}{other}"), &root, &zeebe("a"), &zeebe("b"));
        assert!(text.contains(&root) && text.contains(other), "{text}");
        assert!(text.contains("<bpmn:receiveTask id=\"E\"") && text.matches("messageRef=\"M\"").count() < 2, "{text}");
        assert_eq!(told, [format!("M: it is nothing to the element any more, and stays for {name}")]);
    }
    // Nobody else refers to it: Modeler takes it away.
    let (text, told) = shared(receives, picked, &zeebe("a"), &zeebe("b"));
    assert!(!text.contains("<bpmn:message") && !text.contains("messageRef") && told.is_empty(), "{text}");
}

#[test]
fn a_message_goes_with_the_last_element_that_refers_to_it() {
    let message = |value| [property("String", value, &named("bpmn:Message#property", "name", "name"))];
    let zeebe = [property("String", "a", &named("zeebe:property", "name", "p"))];
    let receives = r#"<bpmn:receiveTask HEAD messageRef="M" />"#;
    let two = receives.to_owned() + &receives.replace("HEAD", &HEAD.replace("\"E\"", "\"Second\""));
    let (text, told) = shared(&two, MESSAGE, &message("m"), &zeebe);
    assert!(!text.contains("<bpmn:message") && !text.contains("messageRef"), "{text}");
    assert_eq!(told, [""; 0]);
    let (text, told) = shared(&(two + CATCHES), MESSAGE, &message("m"), &zeebe);
    assert!(text.contains(MESSAGE) && text.matches("messageRef").count() == 1, "{text}");
    assert_eq!(told, vec!["M: it is nothing to the element any more, and stays for Catch"; 2]);
    // What a template changes of it, it changes for all.
    let (text, told) = shared(&format!("{receives}{CATCHES}"), MESSAGE, &message("typed"), &message("new"));
    assert!(text.contains("name=\"new\"") && text.matches("messageRef=\"M\"").count() == 2, "{text}");
    assert_eq!(told, ["M: it has changed, and is also that of Catch"]);
}

#[test]
fn a_reference_to_what_is_not_there_is_cleared() {
    let zeebe = |value| [property("String", value, &named("zeebe:property", "name", "p"))];
    for receives in [
        r#"<bpmn:receiveTask HEAD messageRef="None" />"#,
        "<bpmn:receiveTask HEAD><bpmn:messageRef>None</bpmn:messageRef></bpmn:receiveTask>",
        // No message.
        r#"<bpmn:receiveTask HEAD messageRef="Other" />"#,
    ] {
        let (text, told) = shared(receives, "", &zeebe("a"), &zeebe("b"));
        assert!(!text.contains("messageRef") && text.contains("<bpmn:task id=\"Other\""), "{text}");
        assert_eq!(told, [""; 0]);
    }
}

#[test]
fn what_stands_between_entries_stays() {
    let element = |entries: &[&str]| {
        let entries: String = entries.iter().map(|entry| format!("          {entry}\n")).collect();
        format!(
            "<bpmn:serviceTask HEAD>\n      <bpmn:extensionElements>\n        <zb:ioMapping>\n{entries}        \
             </zb:ioMapping>\n      </bpmn:extensionElements>\n    </bpmn:serviceTask>"
        )
        .replace("HEAD", HEAD)
    };
    let [a, b, c] = ["a", "b", "c"].map(|name| format!(r#"<zb:input source="{name}" target="{name}" />"#));
    let [first, second, third, last] =
        ["<!-- first -->", "<!-- > \n second -->", "<other:thing>\n<a/> </other:thing>", "<?last?><!-- last -->"];
    let before = element(&[first, &a, second, &b, third, &c, last]);
    let inputs = |names: &[&str]| names.iter().map(|name| input(name, name)).collect::<Vec<_>>();
    let d = r#"<zb:input source="d" target="d" />"#;
    let rows: [(&[&str], &[&str]); 5] = [
        (&["a", "b", "c"], &[first, &a, second, &b, third, &c, last]),
        (&["a", "c"], &[first, &a, second, third, &c, last]),
        (&["c", "a", "b"], &[third, &c, first, &a, second, &b, last]),
        (&["a", "b", "c", "d"], &[first, &a, second, &b, third, &c, d, last]),
        (&["d"], &[d, first, second, third, last]),
    ];
    for (names, expected) in rows {
        let [old, new] = [inputs(&["a", "b", "c"]), inputs(names)];
        let [old, new] =
            [(1, old), (2, new)].map(|(version, inputs)| read(&template(version, "bpmn:ServiceTask", &inputs)));
        let before = Diagram::parse(&diagram(&before, "")).expect("BPMN");
        let step = Move::update(&before.elements()[0], &old, &new);
        let after = before.with(&[(0, step)], &mut random()).expect("it is moved");
        let expected = element(expected).replace("Version=\"1\"", "Version=\"2\"");
        assert_eq!(after.text(), diagram(&expected, ""), "{names:?}");
    }
}

#[test]
fn a_file_in_ascii_stays_in_ascii() {
    let text = diagram(&"<bpmn:serviceTask HEAD />".replace("HEAD", HEAD), "").replace("UTF-8", "US-ASCII");
    let before = Diagram::parse(&text).expect("BPMN");
    let [old, new] = [vec![], vec![input("size", "Größe 𝄞")]];
    let [old, new] =
        [(1, old), (2, new)].map(|(version, inputs)| read(&template(version, "bpmn:ServiceTask", &inputs)));
    let step = Move::update(&before.elements()[0], &old, &new);
    let after = before.with(&[(0, step)], &mut random()).expect("it is moved");
    assert!(after.text().is_ascii() && after.text().contains("Gr&#246;&#223;e &#119070;"), "{}", after.text());
    assert_eq!(after.elements()[0].holds.at(&Binding::input("size")).map(Entry::text), Some("Größe 𝄞"));
}
