DROP TABLE master.categories;
