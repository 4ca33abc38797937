DROP TABLE item_images;

DROP TABLE items;
