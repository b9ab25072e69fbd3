//! Tests of opwright through its public interface and its command line.

#![allow(clippy::match_same_arms, reason = "the mutation check's table is read line by line")]

mod agreement;
mod artefacts;
mod bookshop;
mod command_line;
mod compat;
mod compile_fail;
mod dispatch;
mod engine;
mod events;
mod expressions;
mod inclusion;
mod lint;
mod migrate;
mod mutation;
mod node;
mod outcome;
mod repository;
mod schema_agreement;
mod templates;
mod update;
mod vocabulary;
