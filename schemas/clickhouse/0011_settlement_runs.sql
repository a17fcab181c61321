-- Runs of settlement months and their append-only double-entry journal. A run's row is written last and makes its
-- postings visible: without it they are those of an attempt that was lost. Nothing is changed or deleted.
CREATE TABLE IF NOT EXISTS {{local:settlement_runs}} {{on_cluster}} (
    `run_id` String COMMENT 'SHA-256 of market, period, type, number, input hash, rule version',
    `market` LowCardinality(String),
    `period` LowCardinality(String) COMMENT 'YYYY-MM, Asia/Shanghai',
    `run_type` LowCardinality(String) COMMENT 'PRE, S1, R1, R2, RF',
    `run_no` UInt32,
    `input_hash` String,
    `rule_version` String,
    `computation` String COMMENT 'the version whose statements it posts',
    `is_open` Bool COMMENT 'a reading was missing',
    `lines` UInt64,
    `postings` UInt64,
    `postings_sha256` String,
    `memo` String COMMENT 'JSON: differences of frozen keys that were not posted',
    `posted_at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (market, period, posted_at, run_id)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:settlement_runs}}

CREATE TABLE IF NOT EXISTS {{local:settlement_run_events}} {{on_cluster}} (
    `event_id` String,
    `run_id` String,
    `market` LowCardinality(String),
    `period` LowCardinality(String),
    `event` LowCardinality(String) COMMENT 'objected, confirmed, withdrawn',
    `party` String COMMENT 'who; empty where time confirmed it',
    `detail` String,
    `at` DateTime64(3, 'UTC')
) ENGINE = {{engine:MergeTree}}
ORDER BY (market, period, at, event_id)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:settlement_run_events}}

CREATE TABLE IF NOT EXISTS {{local:settlement_journal}} {{on_cluster}} (
    `market` LowCardinality(String),
    `period` LowCardinality(String),
    `run_id` String,
    `reverses` Bool COMMENT 'posted because the run was withdrawn',
    `journal_id` String,
    `key` String,
    `unit` LowCardinality(String) COMMENT 'WH, CNY_FEN',
    `account` String,
    `amount` Int64 COMMENT 'debit positive'
) ENGINE = {{engine:MergeTree}}
ORDER BY (market, period, run_id, reverses, key, unit, account)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:settlement_journal}}

-- What is posted: an attempt that was lost shows nothing, an insert that was repeated counts once.
CREATE OR REPLACE VIEW settlement_journal_posted {{on_cluster}} AS
SELECT * FROM settlement_journal
WHERE (NOT reverses AND run_id IN (SELECT run_id FROM settlement_runs))
   OR (reverses AND run_id IN (SELECT run_id FROM settlement_run_events WHERE event = 'withdrawn'))
ORDER BY market, period, run_id, reverses, key, unit, account
LIMIT 1 BY run_id, reverses, key, unit, account;

CREATE OR REPLACE VIEW settlement_balances {{on_cluster}} AS
SELECT market, period, unit, account, sum(amount) AS amount
FROM settlement_journal_posted
GROUP BY market, period, unit, account
HAVING amount != 0;
