-- The reading in force: the highest revision of each identity; and identities that were reported with two contents.

CREATE OR REPLACE VIEW grid_generation_current {{on_cluster}} AS
SELECT * FROM grid_generation
ORDER BY source, zone, fuel, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, zone, fuel, start;

CREATE OR REPLACE VIEW grid_generation_conflicts {{on_cluster}} AS
SELECT source, zone, fuel, start, revision, count() AS reports, uniqExact(toString(tuple(`duration_s`, `energy_mwh`, `mean_power_mw`, `quality`))) AS contents
FROM grid_generation
GROUP BY source, zone, fuel, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW grid_exchange_current {{on_cluster}} AS
SELECT * FROM grid_exchange
ORDER BY source, from_zone, to_zone, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, from_zone, to_zone, start;

CREATE OR REPLACE VIEW grid_exchange_conflicts {{on_cluster}} AS
SELECT source, from_zone, to_zone, start, revision, count() AS reports, uniqExact(toString(tuple(`duration_s`, `net_energy_mwh`, `capacity_mw`, `quality`))) AS contents
FROM grid_exchange
GROUP BY source, from_zone, to_zone, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW grid_load_current {{on_cluster}} AS
SELECT * FROM grid_load
ORDER BY source, zone, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, zone, start;

CREATE OR REPLACE VIEW grid_load_conflicts {{on_cluster}} AS
SELECT source, zone, start, revision, count() AS reports, uniqExact(toString(tuple(`duration_s`, `energy_mwh`, `quality`))) AS contents
FROM grid_load
GROUP BY source, zone, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW plant_generation_current {{on_cluster}} AS
SELECT * FROM plant_generation
ORDER BY source, plant, meter, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, plant, meter, start;

CREATE OR REPLACE VIEW plant_generation_conflicts {{on_cluster}} AS
SELECT source, plant, meter, start, revision, count() AS reports, uniqExact(toString(tuple(`duration_s`, `energy_wh`, `quality`))) AS contents
FROM plant_generation
GROUP BY source, plant, meter, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW datacenter_power_current {{on_cluster}} AS
SELECT * FROM datacenter_power
ORDER BY source, facility, meter, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, facility, meter, start;

CREATE OR REPLACE VIEW datacenter_power_conflicts {{on_cluster}} AS
SELECT source, facility, meter, start, revision, count() AS reports, uniqExact(toString(tuple(`node`, `side`, `duration_s`, `energy_wh`, `register_wh`, `quality`))) AS contents
FROM datacenter_power
GROUP BY source, facility, meter, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW emissions_cems_current {{on_cluster}} AS
SELECT * FROM emissions_cems
ORDER BY source, device, stack, pollutant, period, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, device, stack, pollutant, period, start;

CREATE OR REPLACE VIEW emissions_cems_conflicts {{on_cluster}} AS
SELECT source, device, stack, pollutant, period, start, revision, count() AS reports, uniqExact(toString(tuple(`site`, `duration_s`, `value`, `minimum`, `maximum`, `cumulative`, `unit`, `cumulative_unit`, `flag`, `raw_frame`, `quality`))) AS contents
FROM emissions_cems
GROUP BY source, device, stack, pollutant, period, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW energy_carriers_current {{on_cluster}} AS
SELECT * FROM energy_carriers
ORDER BY source, site, carrier, meter, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, site, carrier, meter, start;

CREATE OR REPLACE VIEW energy_carriers_conflicts {{on_cluster}} AS
SELECT source, site, carrier, meter, start, revision, count() AS reports, uniqExact(toString(tuple(`duration_s`, `quantity`, `unit`, `lower_heating_value_gj_per_unit`, `quality`))) AS contents
FROM energy_carriers
GROUP BY source, site, carrier, meter, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW production_activity_current {{on_cluster}} AS
SELECT * FROM production_activity
ORDER BY source, site, product, batch, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, site, product, batch, start;

CREATE OR REPLACE VIEW production_activity_conflicts {{on_cluster}} AS
SELECT source, site, product, batch, start, revision, count() AS reports, uniqExact(toString(tuple(`duration_s`, `output`, `output_unit`, `inputs.item`, `inputs.quantity`, `inputs.unit`, `inputs.meter`, `quality`))) AS contents
FROM production_activity
GROUP BY source, site, product, batch, start, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW market_contracts_current {{on_cluster}} AS
SELECT * FROM market_contracts
ORDER BY source, kind, id, valid_from, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, kind, id, valid_from;

CREATE OR REPLACE VIEW market_contracts_conflicts {{on_cluster}} AS
SELECT source, kind, id, valid_from, revision, count() AS reports, uniqExact(toString(tuple(`valid_to`, `quality`, `document`))) AS contents
FROM market_contracts
GROUP BY source, kind, id, valid_from, revision
HAVING contents > 1;

CREATE OR REPLACE VIEW registry_assets_current {{on_cluster}} AS
SELECT * FROM registry_assets
ORDER BY source, kind, id, valid_from, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, kind, id, valid_from;

CREATE OR REPLACE VIEW registry_assets_conflicts {{on_cluster}} AS
SELECT source, kind, id, valid_from, revision, count() AS reports, uniqExact(toString(tuple(`valid_to`, `quality`, `document`))) AS contents
FROM registry_assets
GROUP BY source, kind, id, valid_from, revision
HAVING contents > 1;
