-- What an issued footprint leaves behind, append-only: inputs, results, statements, bundles, and the steps of its life.
CREATE TABLE IF NOT EXISTS {{local:footprint_records}} {{on_cluster}} (
    `request` String COMMENT 'footprint request: product and start of its period',
    `kind` LowCardinality(String) COMMENT 'input, products, result, statement, bundle, verification, event',
    `id` String COMMENT 'computation or statement',
    `at` DateTime64(3, 'UTC'),
    `sha256` String COMMENT 'of the document',
    `document` String COMMENT 'JSON; a bundle or file in base64'
) ENGINE = {{engine:MergeTree}}
ORDER BY (request, kind, id, at)
SETTINGS {{dedup}}, fsync_after_insert = 1, fsync_part_directory = 1;
{{distributed:footprint_records}}
