--@test: Drop stream needs one
--@expected.message: no stream NOTHING
DROP STREAM nothing;
