-- Look around
-- What there is: streams, tables, topics and queries, the columns of one, its last records, and a plan.

SHOW STREAMS;
SHOW TABLES;
SHOW QUERIES;
DESCRIBE clicks EXTENDED;
PRINT 'orders' FROM BEGINNING LIMIT 3;
SELECT state, WINDOWSTART, clicks FROM clicks_by_state LIMIT 10;
EXPLAIN SELECT channel, COUNT(*) AS clicks FROM clicks GROUP BY channel EMIT CHANGES;
