-- Grid results at two steps (15 min where the readings are that fine, and the hour), the mix behind them, the stocks that
-- storage carries from hour to hour, and the readings that were not believed. Rows are immutable versions; `known_at` is
-- when a version came to be known, so that any question can be asked as of then.
ALTER TABLE {{local:grid_intensity}} {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `known_at` DateTime64(3, 'UTC') DEFAULT start + toIntervalSecond(duration_s) COMMENT 'knowledge time of the version',
    ADD COLUMN IF NOT EXISTS `known_co2_kg` Nullable(Float64) COMMENT 'mass of known origin in what was consumed; sums over time are built from it',
    ADD COLUMN IF NOT EXISTS `estimated_co2_kg` Nullable(Float64) COMMENT 'mass that stands for supply of unknown origin, part of consumption_co2_kg',
    ADD COLUMN IF NOT EXISTS `balance_residual_mwh` Nullable(Float64) COMMENT 'production + imports - exports - reported demand',
    ADD COLUMN IF NOT EXISTS `estimation_method` LowCardinality(String) COMMENT 'KNOWN_SHARE, BALANCE, ...; empty where nothing is estimated',
    ADD COLUMN IF NOT EXISTS `flags` Array(LowCardinality(String)) COMMENT 'resampled, disputed, assumed_stock, inherited, partial_sum, quarantined',
    ADD COLUMN IF NOT EXISTS `corrected_modes` Array(LowCardinality(String)) COMMENT 'modes whose negative reading counts as missing',
    ADD COLUMN IF NOT EXISTS `causes` Array(String) COMMENT 'zones and exchanges whose gaps made the value estimated or unknown';
ALTER TABLE grid_intensity {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `known_at` DateTime64(3, 'UTC') DEFAULT start + toIntervalSecond(duration_s),
    ADD COLUMN IF NOT EXISTS `known_co2_kg` Nullable(Float64),
    ADD COLUMN IF NOT EXISTS `estimated_co2_kg` Nullable(Float64),
    ADD COLUMN IF NOT EXISTS `balance_residual_mwh` Nullable(Float64),
    ADD COLUMN IF NOT EXISTS `estimation_method` LowCardinality(String),
    ADD COLUMN IF NOT EXISTS `flags` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `corrected_modes` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `causes` Array(String);

-- Hours in force; those of 15 minutes stand apart, so that no sum takes an hour twice.
CREATE OR REPLACE VIEW grid_intensity_current {{on_cluster}} AS
SELECT * FROM grid_intensity WHERE duration_s = 3600
ORDER BY family, zone, start, version DESC LIMIT 1 BY family, zone, start;

CREATE OR REPLACE VIEW grid_intensity_15_minutes {{on_cluster}} AS
SELECT * FROM grid_intensity WHERE duration_s = 900
ORDER BY family, zone, start, version DESC LIMIT 1 BY family, zone, start;

-- Who produced and who consumed what, by mode and neighbour. Arrays go by the names beside them; NULL is unknown.
CREATE TABLE IF NOT EXISTS {{local:grid_mix}} {{on_cluster}} (
    `computation` String,
    `zone` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `version` UInt32,
    `known_at` DateTime64(3, 'UTC'),
    `modes` Array(String) COMMENT 'fuels and storage directions of grid.generation, and untraced: consumption of unknown origin',
    `mode_production_mwh` Array(Nullable(Float64)) COMMENT 'of a charging mode: what was charged',
    `mode_consumption_mwh` Array(Nullable(Float64)) COMMENT 'consumption by the mode that it was traced to',
    `neighbours` Array(String),
    `import_mwh` Array(Nullable(Float64)),
    `export_mwh` Array(Nullable(Float64)),
    `production_mwh` Nullable(Float64),
    `consumption_mwh` Nullable(Float64),
    `is_estimated` Bool,
    `estimation_method` LowCardinality(String),
    `origin` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(start)
ORDER BY (zone, start, version)
SETTINGS {{dedup}};
{{distributed:grid_mix}}

CREATE OR REPLACE VIEW grid_mix_current {{on_cluster}} AS
SELECT * FROM grid_mix ORDER BY zone, start, duration_s, version DESC LIMIT 1 BY zone, start, duration_s;

-- Readings that cannot be (above capacity or what is installed, demand not above zero): raw as they came, and missing
-- from the computation that named them.
CREATE TABLE IF NOT EXISTS {{local:grid_quarantine}} {{on_cluster}} (
    `computation` String,
    `stream` LowCardinality(String) COMMENT 'table of the reading',
    `identity` Array(String),
    `source` String,
    `start` DateTime64(3, 'UTC'),
    `energy_mwh` Float64,
    `limit_mwh` Float64,
    `reason` LowCardinality(String) COMMENT 'flow_above_capacity, production_above_installed, demand_not_positive',
    `version` UInt32,
    `known_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (stream, start, version)
SETTINGS {{dedup}};
{{distributed:grid_quarantine}}
