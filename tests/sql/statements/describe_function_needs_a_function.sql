--@test: Describe function needs a function
--@expected.message: SUBSTRINK
DESCRIBE FUNCTION SUBSTRINK;
