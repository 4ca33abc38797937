CREATE TABLE "a;b" ("it''s; -- no comment" text, "say ""so"";" integer, café text);
INSERT INTO "a;b" VALUES ('semicolon; and -- dashes and /* stars */', 1, 'it''s; all');
SELECT E'a\'; b', e'\\', E'\\\';', 'back\', 'a'
  'b; continued';
SELECT U&'d\0061t\+000061;', U&'d!0061;' UESCAPE '!', U&"d\0061t\0061;" FROM (SELECT 1 AS "data;") AS x;
SELECT B'1001', X'1FF', b'0', x'ab', N'national;';
SELECT $$a;b$$, $a$ $b$ ; $b$ $$ $a$, $é$ ; $é$, $_1$;$_1$;
SELECT '', $$$$, $x$$x$, '''';
