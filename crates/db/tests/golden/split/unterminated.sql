SELECT 1;
SELECT 'a;

---- another file ----
SELECT "a;
b
---- another file ----
SELECT E'a\';
---- another file ----
SELECT U&'a;
---- another file ----
SELECT U&"a;
---- another file ----
SELECT B'1
---- another file ----
SELECT X'1
---- another file ----
SELECT N'a
---- another file ----
SELECT 1;

DO $$ BEGIN; END; $
---- another file ----
DO $a$ ; $b$
---- another file ----
DO $a$ ; $a $
---- another file ----
SELECT 1; /* a
---- another file ----
/* a /* b */ c
---- another file ----
CREATE TABLE a (b integer;
CREATE TABLE c (d integer);
---- another file ----
SELECT (1, (2);
---- another file ----
CREATE FUNCTION f() RETURNS integer
BEGIN ATOMIC
  SELECT 1;

---- another file ----
CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; 
---- another file ----
CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1 END;
SELECT 2;