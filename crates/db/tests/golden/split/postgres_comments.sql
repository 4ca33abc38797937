-- one; two 'three "four $$five
/* a /* nested; */ comment 'with $$ everything */ SELECT /* ; */ 1 -- ; at the end
  + 1; -- behind it
/**/;;
 ; /* /* /* */ */ */ ;
SELECT 6 /*/* */*// 2 -/**/- 1;
SELECT 1 - -1, 3 --4
;
/* the file ends in a comment without a line end */ SELECT 2 -- and this is it;