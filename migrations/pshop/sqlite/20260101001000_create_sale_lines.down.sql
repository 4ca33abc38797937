DROP TABLE sale_lines;
