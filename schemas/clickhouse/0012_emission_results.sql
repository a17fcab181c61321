-- Results of stacks and sites: hours of each factor, and days, months and years as documents.
CREATE TABLE IF NOT EXISTS {{local:stack_hours}} {{on_cluster}} (
    `computation` String,
    `site` LowCardinality(String),
    `stack` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `version` UInt32,
    `source_state` LowCardinality(String) COMMENT 'operating, stopped, unknown',
    `factor` LowCardinality(String) COMMENT 'HJ 212 annex B; pollutants only',
    `state` LowCardinality(String) COMMENT 'valid, stopped, invalid, missing',
    `value` Nullable(Float64) COMMENT 'as judged, in unit; null unless valid',
    `unit` LowCardinality(String),
    `dry_mg_per_m3` Nullable(Float64) COMMENT 'dry, standard state',
    `converted_mg_per_m3` Nullable(Float64) COMMENT 'at the reference oxygen of the emission standard',
    `mass_kg` Nullable(Float64),
    `method` LowCardinality(String) COMMENT 'formula_8, device_total, stopped; empty where there is no mass',
    `why` LowCardinality(String) COMMENT 'why there is no mass',
    `manual` Bool,
    `events` Array(String),
    `flow_m3_per_h` Nullable(Float64),
    `dry_flow_m3_per_h` Nullable(Float64),
    `oxygen_percent` Nullable(Float64)
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(start)
ORDER BY (site, stack, factor, start, version)
SETTINGS {{dedup}};
{{distributed:stack_hours}}

CREATE TABLE IF NOT EXISTS {{local:emission_windows}} {{on_cluster}} (
    `computation` String,
    `kind` LowCardinality(String) COMMENT 'stack_day, stack_period, site_period',
    `subject` String COMMENT 'site|stack, or site',
    `period` LowCardinality(String) COMMENT 'YYYY-MM-DD, YYYY-MM, YYYY of Asia/Shanghai',
    `start` DateTime64(3, 'UTC'),
    `end` DateTime64(3, 'UTC'),
    `version` UInt32,
    `origin` LowCardinality(String),
    `document` String COMMENT 'mass, hours, completeness, fuel, cross-check, energy as JSON',
    `computed_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
PARTITION BY (kind, toYear(start))
ORDER BY (kind, subject, period, version)
SETTINGS {{dedup}};
{{distributed:emission_windows}}

-- The version in force of each; of two writers that met, the one that wrote later had seen more.
CREATE OR REPLACE VIEW emission_windows_current {{on_cluster}} AS
SELECT * FROM emission_windows
ORDER BY kind, subject, period, version DESC, computed_at DESC, computation
LIMIT 1 BY kind, subject, period;

CREATE OR REPLACE VIEW stack_hours_current {{on_cluster}} AS
SELECT * FROM stack_hours
WHERE computation IN (SELECT computation FROM emission_windows_current WHERE kind = 'stack_day')
ORDER BY site, stack, factor, start LIMIT 1 BY site, stack, factor, start;

-- How many rows of the inputs a window has counted: what is beyond re-opens it and nothing else.
CREATE TABLE IF NOT EXISTS {{local:emission_closings}} {{on_cluster}} (
    `kind` LowCardinality(String),
    `subject` String,
    `period` LowCardinality(String),
    `seen_rows` UInt64,
    `computation` String,
    `closed_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (kind, period, subject, closed_at)
SETTINGS {{dedup}};
{{distributed:emission_closings}}
