-- Rows of other carriers that a facility's day has counted, beside those of its meters.
ALTER TABLE {{local:facility_closings}} {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `seen_carrier_rows` UInt64 DEFAULT 0 AFTER `seen_known_at`;
ALTER TABLE facility_closings {{on_cluster}}
    ADD COLUMN IF NOT EXISTS `seen_carrier_rows` UInt64 DEFAULT 0 AFTER `seen_known_at`;
