//! The stream `KSQL_PROCESSING_LOG` over the processing log, as a server of ksqlDB declares it.

use crate::engine::processing_log::TOPIC;
use crate::plan::Emit;
use crate::sql::catalog::Source;
use crate::sql::workspace::{Step, Workspace};

/// Its name.
pub const STREAM: &str = "KSQL_PROCESSING_LOG";

/// The columns of ksqlDB's processing log.
const COLUMNS: &str = "logger VARCHAR, level VARCHAR, time BIGINT, message STRUCT<
    type INTEGER,
    deserializationError STRUCT<target VARCHAR, errorMessage VARCHAR, recordB64 VARCHAR,
        cause ARRAY<VARCHAR>, `topic` VARCHAR, `partition` INTEGER, `offset` BIGINT>,
    recordProcessingError STRUCT<errorMessage VARCHAR, record VARCHAR, cause ARRAY<VARCHAR>>,
    productionError STRUCT<errorMessage VARCHAR>,
    serializationError STRUCT<target VARCHAR, errorMessage VARCHAR, record VARCHAR,
        cause ARRAY<VARCHAR>, `topic` VARCHAR>,
    kafkaStreamsThreadError STRUCT<errorMessage VARCHAR, threadName VARCHAR, cause ARRAY<VARCHAR>>>";

/// Declares the stream and gives it.
pub fn declare(workspace: &mut Workspace) -> Option<Source> {
    let properties = format!("KAFKA_TOPIC='{TOPIC}', VALUE_FORMAT='JSON', PARTITIONS=1");
    let text = format!("CREATE STREAM {STREAM} ({COLUMNS}) WITH ({properties});");
    let (statements, _) = crate::sql::parse(&text);
    let step = workspace.take(statements.first()?, Emit::Commit, &|_| Some(1)).ok()?;
    match step {
        Step::Declared(source) => Some(source),
        _ => None,
    }
}
