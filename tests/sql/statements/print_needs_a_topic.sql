--@test: Print needs a topic
--@expected.message: nowhere
PRINT 'nowhere' FROM BEGINNING LIMIT 1;
