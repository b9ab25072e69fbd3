//! Where the nodes of a process stand, and how its flows lead from one to the next.

use super::process::{Bounds, Flow, Node, Output, Process};
use std::io;

pub(super) fn write(writer: &mut Output, process: &Process<'_>) -> io::Result<()> {
    writer.create_element("bpmndi:BPMNDiagram").with_attribute(("id", "Diagram_1")).write_inner_content(|writer| {
        writer
            .create_element("bpmndi:BPMNPlane")
            .with_attributes([("id", "Plane_1"), ("bpmnElement", process.id)])
            .write_inner_content(|writer| {
                for node in &process.nodes {
                    write_shape(writer, node)?;
                }
                let bounds = |id| process.nodes.iter().find(|node| node.id == id).map(|node| node.bounds);
                for flow in &process.flows {
                    if let (Some(from), Some(to)) = (bounds(flow.from), bounds(flow.to)) {
                        write_edge(writer, flow, &waypoints(from, to))?;
                    }
                }
                Ok(())
            })?;
        Ok(())
    })?;
    Ok(())
}

fn write_shape(writer: &mut Output, node: &Node<'_>) -> io::Result<()> {
    let Bounds { x, y, width, height } = node.bounds;
    writer
        .create_element("bpmndi:BPMNShape")
        .with_attributes([("id", format!("{}_di", node.id).as_str()), ("bpmnElement", node.id)])
        .write_inner_content(|writer| {
            let bounds = [("x", x), ("y", y), ("width", width), ("height", height)];
            let bounds = bounds.map(|(name, value)| (name, value.to_string()));
            let bounds = bounds.iter().map(|(name, value)| (*name, value.as_str()));
            writer.create_element("dc:Bounds").with_attributes(bounds).write_empty().map(drop)
        })?;
    Ok(())
}

/// From the right of one to the left of the other; what stands lower is reached from below.
fn waypoints(from: Bounds, to: Bounds) -> Vec<(i32, i32)> {
    let middle = |bounds: Bounds| bounds.y + bounds.height / 2;
    let into = (to.x, middle(to));
    if middle(from) == middle(to) {
        return vec![(from.x + from.width, middle(from)), into];
    }
    let below = from.x + from.width / 2;
    vec![(below, from.y + from.height), (below, middle(to)), into]
}

fn write_edge(writer: &mut Output, flow: &Flow<'_>, waypoints: &[(i32, i32)]) -> io::Result<()> {
    writer
        .create_element("bpmndi:BPMNEdge")
        .with_attributes([("id", format!("{}_di", flow.id).as_str()), ("bpmnElement", flow.id)])
        .write_inner_content(|writer| {
            for (x, y) in waypoints {
                let (x, y) = (x.to_string(), y.to_string());
                let place = [("x", x.as_str()), ("y", y.as_str())];
                writer.create_element("di:waypoint").with_attributes(place).write_empty()?;
            }
            Ok(())
        })?;
    Ok(())
}
