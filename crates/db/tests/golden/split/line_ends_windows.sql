-- with a byte-order mark
CREATE TABLE a (
    b text -- a comment
);

/* two
lines */
SELECT 'a
b';
SELECT 3
