--@test: Powers, roots and logarithms
CREATE STREAM s (k VARCHAR KEY, x DOUBLE) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, SQRT(x) AS a, POWER(x, 2) AS b, EXP(x - 16) AS c, LN(x / 16) AS d,
  LOG(2, x) AS e, CBRT(x - 8) AS f FROM s;
INSERT INTO s VALUES ('a', 16);
INSERT INTO s VALUES ('a', NULL);
ASSERT VALUES o (k, a, b, c, d, e, f) VALUES ('a', 4.0, 256.0, 1.0, 0.0, 4.0, 2.0);
ASSERT VALUES o (k, a, b, c, d, e, f) VALUES ('a', NULL, NULL, NULL, NULL, NULL, NULL);
--@test: Angles
CREATE STREAM s (k VARCHAR KEY, x DOUBLE) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, SIN(x) AS a, COS(x) AS b, TAN(x) AS c, ASIN(x) AS d, ACOS(x + 1) AS e,
  ATAN(x) AS f, ATAN2(x, 1) AS g, SINH(x) AS h, COSH(x) AS i, TANH(x) AS j, COT(PI() / 2) < 1E-9 AS l,
  DEGREES(PI()) AS m, RADIANS(180) = PI() AS n FROM s;
INSERT INTO s VALUES ('a', 0);
ASSERT VALUES o (k, a, b, c, d, e, f, g, h, i, j, l, m, n)
  VALUES ('a', 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, true, 180.0, true);
--@test: Numbers are rounded up, down and off
CREATE STREAM s (k VARCHAR KEY, x DOUBLE) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, CEIL(x) AS a, FLOOR(x) AS b, TRUNC(x) AS c, TRUNC(x, 1) AS d, SIGN(x) AS e,
  LEAST(x, 0.0E0) AS f FROM s;
INSERT INTO s VALUES ('a', -2.57);
ASSERT VALUES o (k, a, b, c, d, e, f) VALUES ('a', -2.0, -3.0, -2, -2.5, -1, -2.57);
--@test: A distance on the globe
CREATE STREAM s (k VARCHAR KEY, x DOUBLE) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, ROUND(GEO_DISTANCE(37.4133, -122.1162, x, -122.4205, 'KM')) AS km,
  ROUND(GEO_DISTANCE(37.4133, -122.1162, x, -122.4205, 'MILES')) AS miles FROM s;
INSERT INTO s VALUES ('a', 37.7877);
ASSERT VALUES o (k, km, miles) VALUES ('a', 50, 31);
