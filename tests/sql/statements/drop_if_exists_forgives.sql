--@test: Drop if exists forgives
DROP STREAM IF EXISTS nothing;
