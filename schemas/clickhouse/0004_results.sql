-- Results are immutable versions. Each row names the computation that made it; a computation names its inputs, factor
-- set, rule set and code, so that a figure can be walked back to offsets and computed again.
CREATE TABLE IF NOT EXISTS {{local:computations}} {{on_cluster}} (
    `id` String,
    `kind` LowCardinality(String) COMMENT 'grid_window, footprint, settlement_month',
    `subject` String,
    `start` DateTime64(3, 'UTC'),
    `end` DateTime64(3, 'UTC'),
    `version` UInt32,
    `cause` LowCardinality(String) COMMENT 'first, input revision, factor set, rule set, model, backfill',
    `origin` LowCardinality(String) COMMENT 'measured, mixed, estimated, simulated',
    `inputs` String COMMENT 'JSON: per table rows, SHA-256 of the canonical listing, offset ranges, last known_at',
    `factor_set` String,
    `rule_set` String,
    `parameters` String COMMENT 'JSON',
    `code_version` String,
    `result_sha256` String,
    `computed_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (kind, subject, start, version)
SETTINGS {{dedup}};
{{distributed:computations}}

CREATE TABLE IF NOT EXISTS {{local:grid_intensity}} {{on_cluster}} (
    `computation` String,
    `zone` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `version` UInt32,
    `family` LowCardinality(String) COMMENT 'factor family: mode_direct, mode_lifecycle, ...; families are never mixed',
    `production_mwh` Nullable(Float64),
    `production_co2_kg` Nullable(Float64),
    `production_intensity_kg_per_mwh` Nullable(Float64),
    `consumption_mwh` Nullable(Float64),
    `consumption_co2_kg` Nullable(Float64),
    `consumption_intensity_kg_per_mwh` Nullable(Float64),
    `unknown_share` Nullable(Float64),
    `lower_kg_per_mwh` Nullable(Float64),
    `upper_kg_per_mwh` Nullable(Float64),
    `is_estimated` Bool,
    `reason` LowCardinality(String) COMMENT 'why a value is unknown, empty where it is known',
    `origin` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(start)
ORDER BY (family, zone, start, version)
SETTINGS {{dedup}};
{{distributed:grid_intensity}}

CREATE TABLE IF NOT EXISTS {{local:footprints}} {{on_cluster}} (
    `computation` String,
    `product` String,
    `start` DateTime64(3, 'UTC'),
    `end` DateTime64(3, 'UTC'),
    `version` UInt32,
    `total_kg_co2e` Float64,
    `declared_unit` LowCardinality(String),
    `origin` LowCardinality(String),
    `document` String COMMENT 'the footprint document as JSON'
) ENGINE = {{engine:MergeTree}}
ORDER BY (product, start, version)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:footprints}}

CREATE TABLE IF NOT EXISTS {{local:settlement_statements}} {{on_cluster}} (
    `computation` String,
    `market` LowCardinality(String),
    `period` LowCardinality(String) COMMENT 'YYYY-MM, Asia/Shanghai',
    `party` String,
    `version` UInt32,
    `use_wh` Int64,
    `matched_wh` Int64,
    `amount_fen` Int64,
    `origin` LowCardinality(String),
    `document` String COMMENT 'the statement as JSON'
) ENGINE = {{engine:MergeTree}}
ORDER BY (market, period, party, version)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:settlement_statements}}

-- Versions in force.
CREATE OR REPLACE VIEW grid_intensity_current {{on_cluster}} AS
SELECT * FROM grid_intensity ORDER BY family, zone, start, version DESC LIMIT 1 BY family, zone, start;

CREATE OR REPLACE VIEW footprints_current {{on_cluster}} AS
SELECT * FROM footprints ORDER BY product, start, version DESC LIMIT 1 BY product, start;

CREATE OR REPLACE VIEW settlement_statements_current {{on_cluster}} AS
SELECT * FROM settlement_statements ORDER BY market, period, party, version DESC LIMIT 1 BY market, period, party;

-- How far each topic's hours have been taken over into results: the watch of closing windows.
CREATE TABLE IF NOT EXISTS {{local:window_closings}} {{on_cluster}} (
    `kind` LowCardinality(String),
    `hour` DateTime('UTC'),
    `seen_known_at` DateTime64(3, 'UTC') COMMENT 'latest known_at of the inputs when the window was computed',
    `seen_rows` UInt64,
    `computation` String,
    `closed_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (kind, hour, closed_at)
SETTINGS {{dedup}};
{{distributed:window_closings}}
