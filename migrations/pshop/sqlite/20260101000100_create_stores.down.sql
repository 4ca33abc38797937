DROP TABLE store_members;
DROP TABLE stores;
