CREATE TABLE t (a integer);
COPY t FROM stdin;
1
2
it's data
\.

---- another file ----
COPY app.t (a, b) FROM STDIN WITH (FORMAT csv, DELIMITER ';');
1;2

---- another file ----
copy t to stdout
---- another file ----
\connect other
---- another file ----
SELECT 1;
\i other.sql
SELECT 2;
---- another file ----
SELECT 1 \gset
---- another file ----
SELECT 1
\g
---- another file ----
SELECT 'fine: \', \d t;
---- another file ----
-- old line endsSELECT 1;
---- another file ----
SELECT 1 -- one + 1;
SELECT 2;