-- Uncertain exchanges of a background version and what each adds where in its matrices: the rows that draws are made of.
CREATE TABLE IF NOT EXISTS {{local:background_uncertain}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `process_id` String,
    `exchange_id` String,
    `stated_amount` Float64,
    `basis` LowCardinality(String) COMMENT 'stated, or from the pedigree',
    `kind` LowCardinality(String),
    `a` Float64 COMMENT 'median, mean, or least value by kind',
    `b` Float64 COMMENT 'sigma of the logarithm, standard deviation, mode, or greatest value by kind',
    `c` Float64 COMMENT 'greatest value of a triangle'
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_uncertain}}

CREATE TABLE IF NOT EXISTS {{local:background_drawn_parts}} {{on_cluster}} (
    `version` String,
    `position` UInt32 COMMENT 'row of the version''s table',
    `process_id` String,
    `exchange_id` String,
    `matrix` LowCardinality(String),
    `row` Int32,
    `column` Int32,
    `coefficient` Float64 COMMENT 'matrix units per unit of the stated amount'
) ENGINE = {{engine:MergeTree}}
ORDER BY (version, position)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:background_drawn_parts}}
