SELECT 1); SELECT 2;
---- another file ----
SELECT $1, $2;SELECT $;
---- another file ----
END; BEGIN; END;
---- another file ----
SELECT @a, :b, ?1, [c d], `e`;
---- another file ----
COPY t FROM '/tmp/stdin';COPY t FROM PROGRAM 'stdin'
---- another file ----
SELECT 1 AS  ; SELECT 2;
---- another file ----
äöü;日本;'😀;'
---- another file ----
SELECT 1;﻿SELECT 2;
---- another file ----
SELECT {};
---- another file ----
x
---- another file ----
SELECT 0x1F, 0b11, 0o17, 1_000, 1..2, 5.e1;