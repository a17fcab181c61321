-- Regulator's reports: sealed versions, never changed.
CREATE TABLE IF NOT EXISTS {{local:reports}} {{on_cluster}} (
    `computation` String,
    `report` String COMMENT 'report/<area>/<sector>/<period>@v<version>',
    `area` LowCardinality(String),
    `sector` LowCardinality(String),
    `kind` LowCardinality(String) COMMENT 'month, quarter, year',
    `period` LowCardinality(String),
    `start` DateTime64(3, 'UTC'),
    `version` UInt32,
    `issue_number` String,
    `sealed_at` DateTime64(3, 'UTC'),
    `content_sha256` String COMMENT 'over what the version says, its number and time left out',
    `sha256` String COMMENT 'the seal',
    `document` String COMMENT 'the report as JSON'
) ENGINE = {{engine:MergeTree}}
ORDER BY (area, sector, period, version)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:reports}}
