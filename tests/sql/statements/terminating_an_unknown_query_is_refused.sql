--@test: Terminating an unknown query is refused
--@expected.message: no query nobody
TERMINATE nobody;
