DROP TABLE app.item_images;

DROP TABLE app.items;
