SELECT '{"a": {"b": 1}}'::jsonb -> 'a' ->> 'b', '{}'::jsonb ?| ARRAY['a;'], '{}'::jsonb ?& ARRAY['b'], '{}'::jsonb ? 'c';
SELECT '[1]'::jsonb @> '1', '{"a":1}'::jsonb #>> '{a}', '{"a":1}'::jsonb #- '{a}', '[1]'::jsonb @? '$[*]', '[1]'::jsonb @@ '$[0] == 1';
SELECT 1 <> 2, 1 != 2, 7 % 2, 2 ^ 3, |/ 4, ||/ 8, @ -1, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 2, 8 >> 1, 'a' || 'b', 'a' !~* 'b';
SELECT (ARRAY[1, 2, 3])[1:2], 1.5e-3, .5, 5., CAST('1' AS pg_catalog.int4), ROW(1, 2) = (1, 2);
SELECT concat(VARIADIC ARRAY['a', 'b']), make_interval(days => 1), int4range(1, 3) -|- int4range(3, 5), 'a' COLLATE "C" < 'b';
