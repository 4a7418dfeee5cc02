//! What the page does not do before a room lives and a person has asked for something.

use rustc_demangle::demangle;

/// Functions that are called late or never, by the beginning of their names. What is called by them
/// alone goes with them. The engine is right whatever is in here: a function that is missing is brought
/// when it is called. One that is called while a room begins makes the room load more, as `cargo xtask
/// dist` shows.
const DOORS: &[&str] = &[
    // What a person asks of a lab: another configuration, settings, statements, going back.
    "streamglass::clickstream::config::node::closest",
    "streamglass::clickstream::config::node::distance",
    "streamglass::clickstream::config::settings",
    "streamglass::clickstream::config::site::unknown_state",
    "streamglass::clickstream::config::units",
    "streamglass::clickstream::generator::Generator::apply",
    "streamglass::clickstream::setting::",
    "streamglass::lab::Lab::change",
    "streamglass::lab::Lab::check",
    "streamglass::lab::Lab::execute",
    "streamglass::lab::Lab::seek",
    "streamglass::lab::assist::",
    "streamglass::lab::statements::<impl streamglass::lab::Lab>::check",
    "streamglass::lab::statements::<impl streamglass::lab::Lab>::execute",
    // Functions that the built-in pipeline does not call, and what reads and writes rare numbers.
    "core::num::dec2flt",
    "core::num::flt2dec::strategy::dragon::format_shortest",
    "f64 as core::str::traits::FromStr",
    "libm::math::cos",
    "libm::math::pow",
    "libm::math::rem_pio2",
    "libm::math::sin",
    "regex_lite::",
    "streamglass::aggregate::collect",
    "streamglass::aggregate::extremum",
    "streamglass::aggregate::histogram",
    "streamglass::aggregate::moments",
    "streamglass::aggregate::top_k",
    "streamglass::function::cast::cast",
    "streamglass::function::cast::write_text",
    "streamglass::function::collections::",
    "streamglass::function::encoding::",
    "streamglass::function::json::",
    "streamglass::function::masking::",
    "streamglass::function::math::",
    "streamglass::function::misc::",
    "streamglass::function::pattern::",
    "streamglass::function::regex::",
    "streamglass::function::registry::unknown",
    "streamglass::function::strings::",
    "streamglass::function::tables::",
    "streamglass::function::time_format::",
    "streamglass::function::times::",
    "streamglass::function::urls::",
    // Operators and expressions that it does not have.
    "streamglass::exec::aggregate::changes",
    "streamglass::exec::aggregate::sliding",
    "streamglass::exec::aggregate::table",
    "streamglass::exec::aggregate::windowed::Windowed::read_closed",
    "streamglass::exec::event_time",
    "streamglass::exec::explode",
    "streamglass::exec::expression::arithmetic::negate",
    "streamglass::exec::expression::case",
    "streamglass::exec::expression::compare::is_distinct",
    "streamglass::exec::expression::compare::is_in_columns",
    "streamglass::exec::expression::compile::nested",
    "streamglass::exec::expression::like",
    "streamglass::exec::expression::logic::fold",
    "streamglass::exec::expression::nested",
    "streamglass::exec::filter::TableFilter",
    "streamglass::exec::join::tables",
    "streamglass::exec::split",
    "streamglass::plan::push::asks_partition",
    "streamglass::plan::push::substitute",
    "streamglass::plan::push::uses_only",
    "streamglass::plan::show",
    // Nested values, other formats than JSON and what is wrong with a record.
    "streamglass::format::datetime",
    "streamglass::format::delimited",
    "streamglass::format::json::coerce::compact",
    "streamglass::format::json::coerce::conforms",
    "streamglass::format::json::coerce::fields_of",
    "streamglass::format::json::cursor::Cursor<S>::nested",
    "streamglass::format::json::error",
    "streamglass::format::json::path::Json::items",
    "streamglass::format::json::path::Json::members",
    "streamglass::format::json::path::Json::parse",
    "streamglass::format::json::text::upper_cased_letters",
    "streamglass::format::json::writer::write_nested",
    // Statements that its script does not have, and what is said of wrong ones.
    "streamglass::session::assert",
    "streamglass::session::check",
    "streamglass::session::explain",
    "streamglass::session::insert",
    "streamglass::session::listing",
    "streamglass::session::push",
    "streamglass::sql::analyzer::expression::Lowering::field",
    "streamglass::sql::analyzer::expression::Lowering::subscript",
    "streamglass::sql::analyzer::expression::constructors",
    "streamglass::sql::analyzer::insert_select",
    "streamglass::sql::analyzer::names::RowNames as streamglass::sql::analyzer::expression::Names>::table_function",
    "streamglass::sql::analyzer::select::Namer",
    "streamglass::sql::analyzer::typed::coerce_struct",
    "streamglass::sql::analyzer::typed::literal_text",
    "streamglass::sql::analyzer::typed::parse",
    "streamglass::sql::analyzer::values",
    "streamglass::sql::catalog::Catalog::add_type",
    "streamglass::sql::parser::cursor::Parser::unexpected",
    "streamglass::sql::parser::cursor::shorten",
    "streamglass::sql::parser::manage",
    "streamglass::sql::parser::statement::<impl streamglass::sql::parser::cursor::Parser>::no_statement",
    "streamglass::sql::parser::suggest",
    "streamglass::sql::printer::gap",
    "streamglass::sql::variables::Expanded::new",
    "streamglass::sql::variables::Expanded::tokens",
    "streamglass::sql::variables::Variables",
    "streamglass::sql::workspace::Workspace::targets",
    // Other experiments than the first, operations and reports.
    "streamglass::architecture::batch_etl::BatchEtl as streamglass::architecture::Architecture>::operate",
    "streamglass::architecture::batch::fold_sessions",
    "streamglass::architecture::batch::fold_users",
    "streamglass::architecture::batch::take_out_unread",
    "streamglass::architecture::finals",
    "streamglass::architecture::kappa::Kappa::advance_other",
    "streamglass::architecture::kappa::Kappa as streamglass::architecture::Architecture>::operate",
    "streamglass::architecture::kappa::Kappa::switch",
    "streamglass::architecture::lambda::Lambda as streamglass::architecture::Architecture>::operate",
    "streamglass::architecture::oltp::Oltp::advance",
    "streamglass::architecture::report::Report::",
    "streamglass::architecture::sessions",
    "streamglass::architecture::sketch",
    "streamglass::architecture::speed::SpeedLayer::crash",
    "streamglass::architecture::stream_job::StreamJob::beat",
    "streamglass::architecture::stream_job::StreamJob::pass",
    "streamglass::architecture::stream_job::StreamJob::seed",
    "streamglass::architecture::stream_job::StreamJob::show_final",
    "streamglass::architecture::stream_job::recovery::<impl streamglass::architecture::stream_job::StreamJob>::crash",
    "streamglass::architecture::view::Seam::of_sessions",
    "streamglass::architecture::view::Users",
    "streamglass::architecture::view::View::add_session",
    "streamglass::architecture::view::View::add_unread",
    "streamglass::architecture::view::View::add_user",
    "streamglass::architecture::view::View::put_session",
    "streamglass::architecture::view::View::take_windows",
    "streamglass::experiment::bad_data",
    "streamglass::experiment::cost",
    "streamglass::experiment::crash",
    "streamglass::experiment::distinct",
    "streamglass::experiment::hand_off",
    "streamglass::experiment::idle_stream",
    "streamglass::experiment::late_data",
    "streamglass::experiment::limits::never_catches_up",
    "streamglass::experiment::limits::sampled",
    "streamglass::experiment::link",
    "streamglass::experiment::logic_drift",
    "streamglass::experiment::missing_batch",
    "streamglass::experiment::oltp_direct",
    "streamglass::experiment::operations::BUTTONS::later",
    "streamglass::experiment::operations::parse",
    "streamglass::experiment::operations::text",
    "streamglass::experiment::operations::told",
    "streamglass::experiment::protocol::logged",
    "streamglass::experiment::protocol::operation",
    "streamglass::experiment::protocol::setting",
    "streamglass::experiment::reckon",
    "streamglass::experiment::reprocess",
    "streamglass::experiment::retention",
    "streamglass::experiment::settings::KNOBS::later",
    "streamglass::experiment::simulation::Simulation::carry_out",
    "streamglass::experiment::simulation::report::<impl streamglass::experiment::simulation::Simulation>::audit",
    "streamglass::experiment::simulation::report::<impl streamglass::experiment::simulation::Simulation>::report_with",
    "streamglass::experiment::simulation::set",
    "streamglass::experiment::simulation::unknown",
    "streamglass::experiment::source::Site",
    "streamglass::experiment::switch_over",
    "streamglass::experiment::verify::Audit",
    "streamglass::experiment::verify::told_",
    "streamglass::player::Player::explain",
    "streamglass::player::Player::open_link",
    "streamglass::player::Player::operate",
    "streamglass::player::Player::report",
    "streamglass::player::Player::set",
    "streamglass::player::Player::share",
    "streamglass::player::Run::seek",
    // Sending, until a person begins it.
    "base64::",
    "connect_ndjson",
    "connect_resend",
    "connect_start",
    "streamglass::feed::",
    "streamglass::sink::",
];

/// The same by the end of their names.
const METHODS: &[&str] = &[
    // Going back, and looking into tables.
    "streamglass::aggregate::Accumulator>::restore",
    "streamglass::exec::Operator>::read_table",
    "streamglass::exec::Operator>::restore",
    "streamglass::exec::task::Task>::restore",
    "streamglass::exec::task::Task>::restore_redeployed",
];

/// Whether a function of this name, as the linker has it, is a door.
pub fn is_door(symbol: &str) -> bool {
    let name = format!("{:#}", demangle(symbol));
    // Of `<T as Trait>::method` the type counts.
    let start = name.trim_start_matches(['<', '&']);
    DOORS.iter().any(|door| start.starts_with(door))
        || METHODS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_known_by_the_beginning_of_its_name() {
        assert!(is_door("_ZN11streamglass7session7explain7explain17h0123456789abcdefE"));
        assert!(is_door("_ZN10regex_lite6string5Regex3new17h0123456789abcdefE"));
        assert!(!is_door("_ZN11streamglass7session7Session7execute17h0123456789abcdefE"));
        assert!(!is_door("memcpy"));
    }
}
