-- Footprints exchanged with partners. Everything is only ever added: what is published, who may see it, what replaced
-- it, what partners sent, what is to be sent to them and how that went.
CREATE TABLE IF NOT EXISTS {{local:published_footprints}} {{on_cluster}} (
    `id` String,
    `holder` String COMMENT 'URN of the company whose footprint it is',
    `created` DateTime64(3, 'UTC'),
    `sha256` String COMMENT 'of the canonical JSON of the document',
    `document` String COMMENT 'tanliu.published-footprint/1'
) ENGINE = {{engine:MergeTree}}
ORDER BY (created, id)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:published_footprints}}

CREATE TABLE IF NOT EXISTS {{local:footprint_grants}} {{on_cluster}} (
    `footprint` String,
    `company` String COMMENT 'URN in lower case',
    `granted` Bool COMMENT 'false: withdrawn',
    `at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (company, footprint, at)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:footprint_grants}}

CREATE TABLE IF NOT EXISTS {{local:footprint_deprecations}} {{on_cluster}} (
    `footprint` String,
    `successor` String COMMENT 'id of what replaced it, or empty',
    `reason` String,
    `at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (footprint, at)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:footprint_deprecations}}

-- Work on events: what was accepted and is to be answered, what is to be sent, fetched or kept.
CREATE TABLE IF NOT EXISTS {{local:exchange_tasks}} {{on_cluster}} (
    `id` String,
    `kind` LowCardinality(String) COMMENT 'announce, answer, send, fetch, keep',
    `partner` String COMMENT 'URN of the company in lower case',
    `version` LowCardinality(String) COMMENT '2 or 3: of the API that it came by or goes by',
    `created` DateTime64(3, 'UTC'),
    `body` String COMMENT 'the event as JSON, as it came or as it goes out; of a fetch the id'
) ENGINE = {{engine:MergeTree}}
ORDER BY (created, id)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:exchange_tasks}}

CREATE TABLE IF NOT EXISTS {{local:exchange_attempts}} {{on_cluster}} (
    `task` String,
    `attempt` UInt32,
    `outcome` LowCardinality(String) COMMENT 'done, failed, dead',
    `at` DateTime64(3, 'UTC'),
    `next_at` DateTime64(3, 'UTC') COMMENT 'of a failed one: when it is tried again',
    `detail` String
) ENGINE = {{engine:MergeTree}}
ORDER BY (task, attempt, at)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:exchange_attempts}}

CREATE TABLE IF NOT EXISTS {{local:supplier_footprints}} {{on_cluster}} (
    `partner` String,
    `id` String,
    `version` LowCardinality(String),
    `sha256` String COMMENT 'of the canonical JSON of the document',
    `received` DateTime64(3, 'UTC'),
    `document` String COMMENT 'as the partner sent it'
) ENGINE = {{engine:MergeTree}}
ORDER BY (partner, id, version, received)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:supplier_footprints}}
