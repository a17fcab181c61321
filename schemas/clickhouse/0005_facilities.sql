-- Data centres and base stations: more kinds of reading, and the results of their windows.
ALTER TABLE {{local:datacenter_power}} {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `mean_power_w` Nullable(Float64) AFTER `register_wh`,
    ADD COLUMN IF NOT EXISTS `instant_power_w` Nullable(Float64) AFTER `mean_power_w`,
    ADD COLUMN IF NOT EXISTS `reset_at` Nullable(DateTime64(3, 'UTC')) AFTER `instant_power_w`;
ALTER TABLE datacenter_power {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `mean_power_w` Nullable(Float64) AFTER `register_wh`,
    ADD COLUMN IF NOT EXISTS `instant_power_w` Nullable(Float64) AFTER `mean_power_w`,
    ADD COLUMN IF NOT EXISTS `reset_at` Nullable(DateTime64(3, 'UTC')) AFTER `instant_power_w`;

CREATE OR REPLACE VIEW datacenter_power_current {{on_cluster}} AS
SELECT * FROM datacenter_power
ORDER BY source, facility, meter, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, facility, meter, start;

CREATE OR REPLACE VIEW datacenter_power_conflicts {{on_cluster}} AS
SELECT source, facility, meter, start, revision, count() AS reports, uniqExact(toString(tuple(`node`, `side`, `duration_s`, `energy_wh`, `register_wh`, `mean_power_w`, `instant_power_w`, `reset_at`, `quality`))) AS contents
FROM datacenter_power
GROUP BY source, facility, meter, start, revision
HAVING contents > 1;

-- Quarter hours of a facility; an unknown energy is null and counts nowhere.
CREATE TABLE IF NOT EXISTS {{local:facility_intervals}} {{on_cluster}} (
    `computation` String,
    `facility` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `version` UInt32,
    `status` LowCardinality(String) COMMENT 'valid, unknown, inconsistent',
    `reason` LowCardinality(String) COMMENT 'why there is no PUE, empty where there is one',
    `e_dc_wh` Nullable(Float64) COMMENT 'electricity used on site; fuel is added by the day',
    `e_it_wh` Nullable(Float64),
    `cooling_wh` Nullable(Float64),
    `reuse_wh` Nullable(Float64),
    `pv_used_wh` Nullable(Float64),
    `pue_interval` Nullable(Float64) COMMENT 'ratio of this interval; never averaged',
    `e_dc_lo_wh` Float64,
    `e_dc_hi_wh` Nullable(Float64),
    `e_it_lo_wh` Float64,
    `e_it_hi_wh` Nullable(Float64),
    `total_derived` Bool COMMENT 'the total was added up from below',
    `marks` UInt8 COMMENT 'bits: 1 interpolated, 2 resampled, 8 estimated, 16 simulated, 32 suspect, 64 wrapped',
    `used_set` UInt16 COMMENT 'index into usedSets of the computation: the points behind the sums'
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(start)
ORDER BY (facility, start, version)
SETTINGS {{dedup}};
{{distributed:facility_intervals}}

-- Days, months and years of a facility: sums, indicators and targets as one document.
CREATE TABLE IF NOT EXISTS {{local:facility_windows}} {{on_cluster}} (
    `computation` String,
    `facility` LowCardinality(String),
    `zone` LowCardinality(String),
    `unit` LowCardinality(String) COMMENT 'day, month, year of Asia/Shanghai',
    `period` LowCardinality(String) COMMENT 'YYYY-MM-DD, YYYY-MM, YYYY',
    `start` DateTime64(3, 'UTC'),
    `end` DateTime64(3, 'UTC'),
    `version` UInt32,
    `origin` LowCardinality(String),
    `document` String COMMENT 'sums, carriers, indicators, targets, declared facts as JSON',
    `computed_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
PARTITION BY (unit, toYear(start))
ORDER BY (unit, facility, start, version)
SETTINGS {{dedup}};
{{distributed:facility_windows}}

-- The version in force of each; of two writers that met, the one that wrote later had seen more.
CREATE OR REPLACE VIEW facility_windows_current {{on_cluster}} AS
SELECT * FROM facility_windows
ORDER BY unit, facility, start, version DESC, computed_at DESC, computation
LIMIT 1 BY unit, facility, start;

CREATE OR REPLACE VIEW facility_intervals_current {{on_cluster}} AS
SELECT * FROM facility_intervals
WHERE computation IN (SELECT computation FROM facility_windows_current WHERE unit = 'day')
ORDER BY facility, start LIMIT 1 BY facility, start;

-- How much of a facility's day has been taken over into its results: what is beyond re-opens it and nothing else.
CREATE TABLE IF NOT EXISTS {{local:facility_closings}} {{on_cluster}} (
    `facility` LowCardinality(String),
    `day` Date COMMENT 'civil day of Asia/Shanghai',
    `seen_rows` UInt64,
    `seen_known_at` DateTime64(3, 'UTC'),
    `computation` String,
    `closed_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (day, facility, closed_at)
SETTINGS {{dedup}};
{{distributed:facility_closings}}
