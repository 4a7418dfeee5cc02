--@test: A list of connectors is not supported
--@expected.message: connector
SHOW CONNECTORS;
