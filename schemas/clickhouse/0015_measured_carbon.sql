-- The carbon content of a fuel as measured, beside its heating value.
ALTER TABLE {{local:energy_carriers}} {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `carbon_t_per_unit` Nullable(Float64) AFTER `lower_heating_value_gj_per_unit`;
ALTER TABLE energy_carriers {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `carbon_t_per_unit` Nullable(Float64) AFTER `lower_heating_value_gj_per_unit`;

CREATE OR REPLACE VIEW energy_carriers_current {{on_cluster}} AS
SELECT * FROM energy_carriers
ORDER BY source, site, carrier, meter, start, revision DESC, known_at, _partition, _offset, _row
LIMIT 1 BY source, site, carrier, meter, start;

CREATE OR REPLACE VIEW energy_carriers_conflicts {{on_cluster}} AS
SELECT source, site, carrier, meter, start, revision, count() AS reports, uniqExact(toString(tuple(`duration_s`, `quantity`, `unit`, `lower_heating_value_gj_per_unit`, `carbon_t_per_unit`, `quality`))) AS contents
FROM energy_carriers
GROUP BY source, site, carrier, meter, start, revision
HAVING contents > 1;
