DROP TABLE products_search;
DROP TABLE products;
