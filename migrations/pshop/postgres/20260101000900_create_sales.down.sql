DROP TABLE sales.sales;
