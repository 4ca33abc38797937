DROP TABLE stock.inventory;
