-- Verdicts of the audit of offsets, one row a topic and audit: the standing invariant as a series in time.
CREATE TABLE IF NOT EXISTS {{local:offset_audits}} {{on_cluster}} (
    `topic` LowCardinality(String),
    `at` DateTime64(3, 'UTC') DEFAULT now64(3),
    `holds` Bool,
    `rows` UInt64,
    `dead_letters` UInt64,
    `duplicates` UInt64,
    `incomplete` UInt64,
    `lost` UInt64,
    `view_difference` Int64
) ENGINE = {{engine:MergeTree}}
ORDER BY (topic, at)
SETTINGS {{dedup}};
{{distributed:offset_audits}}
