DROP TABLE stock.stock_movements;
DROP FUNCTION stock.refuse_change();
