-- Frames of HJ 212 stations as bytes, with the verdict: the raw archive and the dead letters of the gateway. A later
-- judgement of the same bytes is a higher revision of the same row.
CREATE TABLE IF NOT EXISTS {{local:emissions_frames}} {{on_cluster}} (
    `device` LowCardinality(String),
    `connection` LowCardinality(String),
    `position` Int64,
    `start` DateTime64(3, 'UTC'),
    `peer` Nullable(String),
    `verdict` LowCardinality(String),
    `reason` LowCardinality(String),
    `detail` Nullable(String),
    `warnings` Nullable(String),
    `dialect` LowCardinality(Nullable(String)),
    `qn` Nullable(String),
    `st` LowCardinality(Nullable(String)),
    `cn` LowCardinality(Nullable(String)),
    `pnum` Int64,
    `pno` Int64,
    `data_time` Nullable(DateTime64(3, 'UTC')),
    `content_hash` Nullable(String),
    `content_revision` Int64,
    `readings` Int64,
    `partial` LowCardinality(String),
    `raw.base64` Array(String),
    `quality` LowCardinality(String),
    `revision` UInt32,
    `source` LowCardinality(String),
    `_generation` UInt32,
    `_partition` UInt32,
    `_offset` Int64,
    `_row` UInt32,
    `_rows` UInt32,
    `known_at` DateTime64(3, 'UTC'),
    `contract` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(start)
ORDER BY (device, start, connection, position)
SETTINGS {{dedup}};
{{distributed:emissions_frames}}

CREATE MATERIALIZED VIEW IF NOT EXISTS emissions_frames_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'emissions.frames' AS topic, '' AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start) AS last_end
FROM {{local:emissions_frames}}
GROUP BY hour;

CREATE OR REPLACE VIEW emissions_frames_current {{on_cluster}} AS
SELECT * FROM emissions_frames
ORDER BY source, device, connection, position, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, device, connection, position, start;

CREATE OR REPLACE VIEW emissions_frames_conflicts {{on_cluster}} AS
SELECT source, device, connection, position, start, revision, count() AS reports, uniqExact(toString(tuple(`peer`, `verdict`, `reason`, `detail`, `warnings`, `dialect`, `qn`, `st`, `cn`, `pnum`, `pno`, `data_time`, `content_hash`, `content_revision`, `readings`, `partial`, `raw.base64`, `quality`))) AS contents
FROM emissions_frames
GROUP BY source, device, connection, position, start, revision
HAVING contents > 1;
