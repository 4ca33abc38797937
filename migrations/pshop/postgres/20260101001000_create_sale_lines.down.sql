DROP TABLE sales.sale_lines;
