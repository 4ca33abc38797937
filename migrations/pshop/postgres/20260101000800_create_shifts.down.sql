DROP TABLE sales.shifts;
