DROP TABLE catalog.product_barcodes;
