-- The id that Kafka gave a topic when it was made: tells its lives apart, whatever their offsets and times are.
-- The second statement reaches the distributed table of a cluster; on a single store both name the same table.
ALTER TABLE {{local:topic_generations}} {{on_cluster}} ADD COLUMN IF NOT EXISTS `topic_id` String DEFAULT '';
ALTER TABLE topic_generations {{on_cluster}} ADD COLUMN IF NOT EXISTS `topic_id` String DEFAULT '';
