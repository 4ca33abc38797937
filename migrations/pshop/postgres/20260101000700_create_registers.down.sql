DROP TABLE sales.registers;
