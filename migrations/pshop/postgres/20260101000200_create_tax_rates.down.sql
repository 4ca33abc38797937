DROP TABLE catalog.tax_rates;
