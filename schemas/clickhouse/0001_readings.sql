-- The raw readings of every stream: append-only, all revisions, each row with the offset that it came from.
-- The token log (dedup) is what makes repeating an insert harmless; it is off by default in ClickHouse.

CREATE TABLE IF NOT EXISTS {{local:grid_generation}} {{on_cluster}} (
    `zone` LowCardinality(String),
    `fuel` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `energy_mwh` Nullable(Float64),
    `mean_power_mw` Nullable(Float64),
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
ORDER BY (zone, fuel, start)
SETTINGS {{dedup}};
{{distributed:grid_generation}}

CREATE TABLE IF NOT EXISTS {{local:grid_exchange}} {{on_cluster}} (
    `from_zone` LowCardinality(String),
    `to_zone` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `net_energy_mwh` Nullable(Float64),
    `capacity_mw` Nullable(Float64),
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
ORDER BY (from_zone, to_zone, start)
SETTINGS {{dedup}};
{{distributed:grid_exchange}}

CREATE TABLE IF NOT EXISTS {{local:grid_load}} {{on_cluster}} (
    `zone` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `energy_mwh` Nullable(Float64),
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
ORDER BY (zone, start)
SETTINGS {{dedup}};
{{distributed:grid_load}}

CREATE TABLE IF NOT EXISTS {{local:plant_generation}} {{on_cluster}} (
    `plant` LowCardinality(String),
    `meter` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `energy_wh` Nullable(Int64),
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
ORDER BY (plant, meter, start)
SETTINGS {{dedup}};
{{distributed:plant_generation}}

CREATE TABLE IF NOT EXISTS {{local:datacenter_power}} {{on_cluster}} (
    `facility` LowCardinality(String),
    `meter` LowCardinality(String),
    `node` LowCardinality(String),
    `side` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `energy_wh` Nullable(Int64),
    `register_wh` Nullable(Int64),
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
ORDER BY (facility, meter, start)
SETTINGS {{dedup}};
{{distributed:datacenter_power}}

CREATE TABLE IF NOT EXISTS {{local:emissions_cems}} {{on_cluster}} (
    `site` LowCardinality(String),
    `stack` LowCardinality(String),
    `device` LowCardinality(String),
    `pollutant` LowCardinality(String),
    `period` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `value` Nullable(Float64),
    `minimum` Nullable(Float64),
    `maximum` Nullable(Float64),
    `cumulative` Nullable(Float64),
    `unit` LowCardinality(String),
    `cumulative_unit` Nullable(String),
    `flag` LowCardinality(String),
    `raw_frame` Nullable(String),
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
ORDER BY (device, stack, pollutant, period, start)
SETTINGS {{dedup}};
{{distributed:emissions_cems}}

CREATE TABLE IF NOT EXISTS {{local:energy_carriers}} {{on_cluster}} (
    `site` LowCardinality(String),
    `carrier` LowCardinality(String),
    `meter` LowCardinality(Nullable(String)),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `quantity` Nullable(Float64),
    `unit` LowCardinality(String),
    `lower_heating_value_gj_per_unit` Nullable(Float64),
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
ORDER BY (site, carrier, meter, start)
SETTINGS {{dedup}}, allow_nullable_key = 1;
{{distributed:energy_carriers}}

CREATE TABLE IF NOT EXISTS {{local:production_activity}} {{on_cluster}} (
    `site` LowCardinality(String),
    `product` LowCardinality(String),
    `batch` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `duration_s` UInt32,
    `output` Float64,
    `output_unit` LowCardinality(String),
    `inputs.item` Array(String),
    `inputs.quantity` Array(Float64),
    `inputs.unit` Array(String),
    `inputs.meter` Array(Nullable(String)),
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
ORDER BY (site, product, batch, start)
SETTINGS {{dedup}};
{{distributed:production_activity}}

CREATE TABLE IF NOT EXISTS {{local:market_contracts}} {{on_cluster}} (
    `kind` LowCardinality(String),
    `id` LowCardinality(String),
    `valid_from` DateTime64(3, 'UTC'),
    `valid_to` Nullable(DateTime64(3, 'UTC')),
    `quality` LowCardinality(String),
    `revision` UInt32,
    `document` String,
    `source` LowCardinality(String),
    `_generation` UInt32,
    `_partition` UInt32,
    `_offset` Int64,
    `_row` UInt32,
    `_rows` UInt32,
    `known_at` DateTime64(3, 'UTC'),
    `contract` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(valid_from)
ORDER BY (kind, id, valid_from)
SETTINGS {{dedup}};
{{distributed:market_contracts}}

CREATE TABLE IF NOT EXISTS {{local:registry_assets}} {{on_cluster}} (
    `kind` LowCardinality(String),
    `id` LowCardinality(String),
    `valid_from` DateTime64(3, 'UTC'),
    `valid_to` Nullable(DateTime64(3, 'UTC')),
    `quality` LowCardinality(String),
    `revision` UInt32,
    `document` String,
    `source` LowCardinality(String),
    `_generation` UInt32,
    `_partition` UInt32,
    `_offset` Int64,
    `_row` UInt32,
    `_rows` UInt32,
    `known_at` DateTime64(3, 'UTC'),
    `contract` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(valid_from)
ORDER BY (kind, id, valid_from)
SETTINGS {{dedup}};
{{distributed:registry_assets}}

-- Messages that were refused, whole and with the reason, in the same range of offsets as their neighbours.
CREATE TABLE IF NOT EXISTS {{local:dead_letters}} {{on_cluster}} (
    `topic` LowCardinality(String),
    `_generation` UInt32,
    `_partition` UInt32,
    `_offset` Int64,
    `known_at` DateTime64(3, 'UTC'),
    `key` Nullable(String),
    `value` Nullable(String),
    `headers` String COMMENT 'JSON: name to list of base64 values',
    `reason` LowCardinality(String),
    `path` String,
    `detail` String,
    `contract` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(known_at)
ORDER BY (topic, _generation, _partition, _offset)
SETTINGS {{dedup}};
{{distributed:dead_letters}}

-- What became of a dead letter: redriven into the readings, or tried again and refused for a reason.
CREATE TABLE IF NOT EXISTS {{local:dead_letter_attempts}} {{on_cluster}} (
    `topic` LowCardinality(String),
    `_generation` UInt32,
    `_partition` UInt32,
    `_offset` Int64,
    `attempted_at` DateTime64(3, 'UTC') DEFAULT now64(3),
    `outcome` Enum8('accepted' = 1, 'refused' = 2),
    `reason` LowCardinality(String),
    `detail` String,
    `contract` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
ORDER BY (topic, _generation, _partition, _offset, attempted_at)
SETTINGS {{dedup}};
{{distributed:dead_letter_attempts}}

-- Lives of a topic: a topic that was deleted and made again starts at offset 0 once more.
CREATE TABLE IF NOT EXISTS {{local:topic_generations}} {{on_cluster}} (
    `topic` LowCardinality(String),
    `generation` UInt32,
    `since` DateTime64(3, 'UTC') DEFAULT now64(3),
    `cause` String
) ENGINE = {{engine:MergeTree}}
ORDER BY (topic, generation)
SETTINGS {{dedup}};
{{distributed:topic_generations}}
