-- Background versions 背景数据库版本: the tables of every version as rows, under the version's id, which holds the sums of its
-- source and of the rules. Rows are written once and never changed; a version is there once its row in background_versions is.
CREATE TABLE IF NOT EXISTS {{local:background_versions}} {{on_cluster}} (
    `name` String,
    `version` String,
    `manifest` String COMMENT 'JSON: format, sums of source and tables, policy, gate, method',
    `imported_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (name, imported_at, version)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_versions}}

CREATE TABLE IF NOT EXISTS {{local:background_activities}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `process_id` String,
    `process_name` String,
    `location` LowCardinality(String),
    `flow_id` String,
    `flow_name` String,
    `unit` LowCardinality(String),
    `unit_in_reference_units` Float64,
    `reference_unit` LowCardinality(String),
    `unit_group_id` String,
    `is_reference` Bool,
    `is_treatment` Bool,
    `output` Float64,
    `allocation_rule` LowCardinality(String),
    `allocation_share` Float64
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_activities}}

CREATE TABLE IF NOT EXISTS {{local:background_nature_flows}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `id` String,
    `name` String,
    `cas` String,
    `category_path` String,
    `unit` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_nature_flows}}

CREATE TABLE IF NOT EXISTS {{local:background_technosphere}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `row` Int32,
    `column` Int32,
    `value` Float64
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_technosphere}}

CREATE TABLE IF NOT EXISTS {{local:background_biosphere}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `row` Int32,
    `column` Int32,
    `value` Float64
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_biosphere}}

CREATE TABLE IF NOT EXISTS {{local:background_units}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `group_id` String,
    `unit` LowCardinality(String),
    `factor` Float64
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_units}}

CREATE TABLE IF NOT EXISTS {{local:background_names}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `kind` LowCardinality(String),
    `id` String,
    `language` LowCardinality(String),
    `name` String
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_names}}

CREATE TABLE IF NOT EXISTS {{local:background_left_out}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `process_id` String,
    `process_name` String,
    `location` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_left_out}}

CREATE TABLE IF NOT EXISTS {{local:background_flow_factors}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `flow_id` String,
    `category` LowCardinality(String),
    `factor` Float64,
    `matched_by` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_flow_factors}}

CREATE TABLE IF NOT EXISTS {{local:background_unmatched}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `method_flow` String
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_unmatched}}

CREATE TABLE IF NOT EXISTS {{local:background_findings}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `code` LowCardinality(String),
    `process_id` String,
    `exchange_id` String,
    `facts` String,
    `detail` String,
    `action` LowCardinality(String)
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_findings}}

CREATE TABLE IF NOT EXISTS {{local:background_links}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `process_id` String,
    `exchange_id` String,
    `flow_id` String,
    `kind` LowCardinality(String),
    `amount` Float64,
    `rule` LowCardinality(String),
    `tier` LowCardinality(String),
    `candidates` Int32,
    `reason` LowCardinality(String),
    `dangling_provider` Bool,
    `suppliers` String
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_links}}

CREATE TABLE IF NOT EXISTS {{local:background_exchanges}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `process_id` String,
    `exchange_id` String,
    `flow_id` String,
    `role` LowCardinality(String),
    `stated_amount` Float64,
    `unit` LowCardinality(String),
    `amount` Float64,
    `uncertainty` String,
    `pedigree` String
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_exchanges}}
