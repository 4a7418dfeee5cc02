--@test: Drop type needs one
--@expected.message: no type
DROP TYPE nothing;
