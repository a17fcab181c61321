-- The id that Kafka gave a topic when it was made: tells its lives apart, whatever their offsets and times are.
-- The second statement reaches the distributed table of a cluster; on a single store both name the same table.
ALTER TABLE {{local:topic_generations}} {{on_cluster}} ADD COLUMN IF NOT EXISTS `topic_id` String DEFAULT '';
ALTER TABLE topic_generations {{on_cluster}} ADD COLUMN IF NOT EXISTS `topic_id` String DEFAULT '';

-- Ranges that are settled by comparison: from then on only the latest owner of a fence inserts into its range.
CREATE TABLE IF NOT EXISTS {{local:range_fences}} {{on_cluster}} (
    `token` String,
    `n` UInt32,
    `owner` String,
    `at` DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = {{engine:MergeTree}}
ORDER BY (token, n)
TTL toDateTime(at) + INTERVAL 90 DAY
SETTINGS {{dedup}};
{{distributed:range_fences}}
