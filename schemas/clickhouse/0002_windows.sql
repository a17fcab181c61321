-- Which hours have readings, kept up to date by every insert: what closing windows watches, and a count that the audit
-- compares with the raw rows. The grid's are kept by zone; for the metered streams a key would make as many groups as
-- rows and double the cost of every insert, so their key is empty.
CREATE TABLE IF NOT EXISTS {{local:stream_windows}} {{on_cluster}} (
    `topic` LowCardinality(String),
    `key` String,
    `hour` DateTime('UTC'),
    `rows` SimpleAggregateFunction(sum, UInt64),
    `last_known_at` SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    `last_end` SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
) ENGINE = {{engine:AggregatingMergeTree}}
PARTITION BY toYYYYMM(hour)
ORDER BY (topic, key, hour)
SETTINGS {{dedup}};
{{distributed:stream_windows}}

CREATE MATERIALIZED VIEW IF NOT EXISTS grid_generation_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'grid.generation' AS topic, zone AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:grid_generation}}
GROUP BY key, hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS grid_exchange_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'grid.exchange' AS topic, from_zone AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:grid_exchange}}
GROUP BY key, hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS grid_load_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'grid.load' AS topic, zone AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:grid_load}}
GROUP BY key, hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS plant_generation_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'plant.generation' AS topic, '' AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:plant_generation}}
GROUP BY hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS datacenter_power_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'datacenter.power' AS topic, '' AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:datacenter_power}}
GROUP BY hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS emissions_cems_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'emissions.cems' AS topic, '' AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:emissions_cems}}
GROUP BY hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS energy_carriers_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'energy.carriers' AS topic, '' AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:energy_carriers}}
GROUP BY hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS production_activity_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'production.activity' AS topic, '' AS key, toStartOfHour(start) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
FROM {{local:production_activity}}
GROUP BY hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS market_contracts_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'market.contracts' AS topic, '' AS key, toStartOfHour(valid_from) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(valid_from) AS last_end
FROM {{local:market_contracts}}
GROUP BY hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS registry_assets_windows {{on_cluster}} TO {{local:stream_windows}} AS
SELECT 'registry.assets' AS topic, '' AS key, toStartOfHour(valid_from) AS hour,
    count() AS rows, max(known_at) AS last_known_at, max(valid_from) AS last_end
FROM {{local:registry_assets}}
GROUP BY hour;
