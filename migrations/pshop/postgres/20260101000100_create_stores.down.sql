DROP TABLE catalog.store_members;
DROP TABLE catalog.stores;
