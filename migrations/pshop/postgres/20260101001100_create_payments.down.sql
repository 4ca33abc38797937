DROP TABLE sales.payments;
