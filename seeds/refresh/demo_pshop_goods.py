"""What the demo store sells, as text: a heading `category|tax code`, then `name|cost share|variant: price, ...`.

Prices are in cents and contain the tax; the cost share is the purchase price as percent of the price without tax. A
name that ends in `/kg` is sold by weight.
"""

GOODS = """
Bread and bakery|super_reduced
Baguette|48|250 g: 95, wholemeal 250 g: 115, half 125 g: 60
Sourdough loaf|50|500 g: 290, 1 kg: 520, with walnuts 500 g: 360
Sandwich bread|55|white 450 g: 145, wholemeal 450 g: 165, seeded 450 g: 185
Rye bread|55|sliced 500 g: 235, dark 750 g: 310
Pita bread|55|4 pieces: 135, wholemeal 4 pieces: 150
Flour|62|wheat 1 kg: 95, wholemeal 1 kg: 135, spelt 1 kg: 245, rye 1 kg: 175
Tortilla wraps|55|6 pieces: 169, wholemeal 6 pieces: 185
Bread rolls|52|white 6: 159, wholemeal 6: 175, brioche 4: 219
Pastry|reduced
Croissant|42|plain: 110, almond: 175, chocolate: 160
Cinnamon bun|42|single: 185, pack of 4: 620
Butter biscuits|56|200 g: 189, 400 g: 339
Oat cookies|56|plain 180 g: 225, chocolate 180 g: 245, raisin 180 g: 239
Sponge cake|54|plain 350 g: 295, lemon 350 g: 325, marble 350 g: 325
Muffins|52|blueberry 2: 199, chocolate 2: 199
Fruit tart|50|apple: 349, pear: 369
Milk and eggs|super_reduced
Whole milk|70|500 ml: 75, 1 l: 119, 1.5 l: 169
Semi-skimmed milk|70|500 ml: 72, 1 l: 115, 1.5 l: 165
Skimmed milk|70|1 l: 112, 1.5 l: 159
Lactose-free milk|68|whole 1 l: 145, semi-skimmed 1 l: 142
Eggs|66|free range 6: 235, free range 12: 439, organic 6: 329
Hard cheese|64|mild 200 g: 295, mature 200 g: 345, grated 150 g: 269
Soft cheese|62|camembert 250 g: 315, brie 200 g: 289, goat 180 g: 359
Fresh cheese|62|natural 250 g: 189, herbs 150 g: 179, cottage 200 g: 165
Mozzarella|62|125 g: 119, buffalo 125 g: 239, grated 200 g: 219
Chilled|reduced
Plain yoghurt|60|125 g: 45, 4 pack: 165, 1 kg: 289
Fruit yoghurt|60|strawberry 4 pack: 199, peach 4 pack: 199, vanilla 4 pack: 199
Greek yoghurt|60|150 g: 99, 500 g: 275, with honey 150 g: 119
Butter|70|salted 250 g: 259, unsalted 250 g: 259, spreadable 225 g: 279
Cream|64|single 200 ml: 135, whipping 200 ml: 159, sour 200 ml: 129
Oat drink|60|1 l: 195, barista 1 l: 235
Soya drink|60|natural 1 l: 175, vanilla 1 l: 195
Hummus|54|natural 200 g: 199, pepper 200 g: 219
Fresh pasta|58|tagliatelle 250 g: 229, ravioli 250 g: 289, gnocchi 500 g: 199
Cooked ham|62|100 g: 189, 200 g: 349
Cured sausage|62|sliced 100 g: 219, whole 250 g: 449
Smoked salmon|66|100 g: 449, 200 g: 849
Tofu|58|natural 300 g: 225, smoked 300 g: 249
Quiche|56|leek 400 g: 399, ham 400 g: 419
Vegetable soup|56|carrot 500 ml: 299, tomato 500 ml: 299, pumpkin 500 ml: 319
Pesto|58|basil 150 g: 279, red 150 g: 279
Fruit|super_reduced
Bananas/kg|62|loose: 159, organic: 219
Apples/kg|60|red: 219, green: 219, russet: 249
Pears/kg|60|conference: 229
Oranges/kg|60|table: 179, juice: 139
Lemons/kg|58|loose: 199
Grapes/kg|60|white: 349, red: 359
Kiwis|58|single: 35, tray of 6: 219
Strawberries|62|250 g: 279, 500 g: 499
Avocado|60|single: 129, pack of 2: 239
Pineapple|60|whole: 289
Mandarins|60|1 kg net: 259, 2 kg net: 459
Blueberries|62|125 g: 249, 250 g: 429
Melon|58|green: 349, cantaloupe: 329
Vegetables|super_reduced
Tomatoes/kg|60|vine: 289, plum: 249
Cherry tomatoes|60|250 g: 189, 500 g: 329
Cucumber|58|single: 99
Peppers/kg|60|red: 329, green: 279
Onions/kg|56|yellow: 139, red: 169
Potatoes|58|1 kg: 145, 2.5 kg: 319, new 1 kg: 219
Carrots|56|500 g: 79, 1 kg: 129
Courgettes/kg|58|green: 219
Aubergines/kg|58|purple: 239
Broccoli|58|500 g: 199
Lettuce|58|iceberg: 129, cos pair: 159
Salad mix|52|125 g: 149, rocket 100 g: 145, baby spinach 150 g: 159
Mushrooms|60|white 250 g: 169, brown 250 g: 189
Garlic|56|3 bulbs: 129
Fresh herbs|50|basil pot: 199, parsley bunch: 99, coriander bunch: 99, mint pot: 199
Cauliflower|56|whole: 219
Pumpkin/kg|56|butternut: 199
Leeks|56|bunch of 3: 189
Sweet potatoes/kg|56|orange: 249
Meat and fish|reduced
Chicken breast/kg|70|fillet: 899, free range: 1349
Chicken thighs/kg|70|with bone: 499
Minced beef|70|250 g: 349, 500 g: 649
Beef steak/kg|72|rump: 1899
Pork chops/kg|70|with bone: 749
Fish fingers|62|300 g: 299, 450 g: 419
Cod fillet|68|frozen 400 g: 699
Prawns|68|frozen 250 g: 499
Tinned tuna|62|in water 3 pack: 329, in oil 3 pack: 349
Tinned sardines|60|in oil 120 g: 159, in tomato 120 g: 165
Turkey slices|62|150 g: 249, 300 g: 449
Mussels|64|cooked 500 g: 549
Frozen|reduced
Frozen peas|58|450 g: 149, 1 kg: 279
Frozen spinach|58|450 g: 159, chopped 1 kg: 289
Frozen berries|60|300 g: 329, 750 g: 699
Oven chips|58|750 g: 219, 1.5 kg: 389
Pizza|58|margherita: 319, vegetables: 369, four cheeses: 379
Ice cream|54|vanilla 500 ml: 349, chocolate 500 ml: 349, strawberry 500 ml: 349
Ice lollies|54|fruit 6 pack: 289, chocolate 4 pack: 329
Frozen vegetables|58|mixed 450 g: 179, for soup 600 g: 219, for wok 450 g: 249
Frozen bread rolls|54|6: 229
Sorbet|54|lemon 500 ml: 369, mango 500 ml: 369
Store cupboard|reduced
Spaghetti|58|500 g: 99, wholemeal 500 g: 135, 1 kg: 179
Penne|58|500 g: 99, wholemeal 500 g: 135
Fusilli|58|500 g: 99, red lentil 250 g: 229
Rice|60|long grain 1 kg: 189, basmati 1 kg: 329, risotto 500 g: 259, brown 1 kg: 229
Couscous|58|500 g: 159, wholemeal 500 g: 189
Oats|58|500 g: 119, 1 kg: 199
Muesli|58|fruit 500 g: 329, nuts 500 g: 379, crunchy 500 g: 349
Corn flakes|60|375 g: 239, 500 g: 289
Chopped tomatoes|58|400 g: 79, 3 pack: 219
Tomato passata|58|500 g: 109, 700 g: 139
Pasta sauce|56|basil 350 g: 229, garlic 350 g: 229, olives 350 g: 249
Chickpeas|56|tin 400 g: 89, jar 570 g: 149, dry 500 g: 169
Kidney beans|56|tin 400 g: 89, dry 500 g: 179
Lentils|56|tin 400 g: 99, green 500 g: 189, red 500 g: 199
Sweetcorn|56|tin 150 g: 79, tin 340 g: 139
Olives|56|green 200 g: 159, black 200 g: 159, stuffed 200 g: 179
Olive oil|72|extra virgin 500 ml: 549, extra virgin 1 l: 999, mild 1 l: 899
Sunflower oil|70|1 l: 219, 3 l: 599
Vinegar|54|wine 500 ml: 139, balsamic 250 ml: 299, apple 500 ml: 189
Salt|50|fine 1 kg: 59, sea 500 g: 149, flakes 125 g: 299
Pepper|52|ground 50 g: 189, whole 50 g: 199
Spices|50|paprika 50 g: 169, cumin 40 g: 179, cinnamon 40 g: 179, turmeric 40 g: 179, oregano 15 g: 139
Stock cubes|54|vegetable 8: 139, chicken 8: 139
Mustard|54|mild 200 g: 119, coarse 200 g: 159
Ketchup|56|300 g: 159, 560 g: 249
Mayonnaise|56|250 ml: 179, 450 ml: 279
Honey|62|250 g: 349, 500 g: 599
Jam|56|strawberry 340 g: 229, apricot 340 g: 229, raspberry 340 g: 249
Peanut butter|58|smooth 350 g: 299, crunchy 350 g: 299
Sugar|64|white 1 kg: 119, brown 500 g: 149, icing 250 g: 129
Yeast|52|dry 5 sachets: 99
Baking powder|52|5 sachets: 89
Noodles|56|egg 250 g: 169, rice 250 g: 189, instant 85 g: 79
Coconut milk|58|200 ml: 129, 400 ml: 199
Soy sauce|56|150 ml: 229, less salt 150 ml: 239
Maple syrup|64|250 ml: 599
Snacks|reduced
Crisps|54|salted 150 g: 179, paprika 150 g: 179, vinegar 150 g: 179, large 300 g: 299
Tortilla chips|54|200 g: 189, blue corn 200 g: 249
Nuts|60|almonds 200 g: 349, cashews 200 g: 399, hazelnuts 200 g: 379, mixed 200 g: 349, walnuts 150 g: 299
Raisins|56|250 g: 189, 500 g: 329
Dried apricots|58|200 g: 299
Rice cakes|54|plain 130 g: 129, chocolate 100 g: 179
Crackers|54|plain 200 g: 139, sesame 200 g: 159
Popcorn|52|salted 90 g: 149, sweet 90 g: 149, kernels 500 g: 179
Cereal bars|54|fruit 6: 249, nuts 4: 269
Sweets|standard
Chocolate bar|56|milk 100 g: 149, dark 70% 100 g: 179, dark 85% 100 g: 199, hazelnut 100 g: 179, white 100 g: 149
Chocolates|56|box 200 g: 599, box 400 g: 1099
Fruit gums|54|200 g: 149, sour 200 g: 159
Chewing gum|52|mint: 99, spearmint: 99, 3 pack: 269
Coffee and tea|reduced
Ground coffee|66|mild 250 g: 399, strong 250 g: 399, decaf 250 g: 429, 500 g: 749
Coffee beans|66|250 g: 449, 1 kg: 1599, espresso 250 g: 479
Instant coffee|64|100 g: 449, 200 g: 799
Coffee capsules|62|10: 329, 20: 599, decaf 10: 329
Black tea|56|20 bags: 199, 50 bags: 399
Green tea|56|20 bags: 219, mint 20 bags: 229
Herbal tea|54|camomile 20 bags: 169, peppermint 20 bags: 169, rooibos 20 bags: 219, fennel 20 bags: 169
Cocoa|60|drinking 400 g: 399, pure 250 g: 449
Drinks|standard
Mineral water|50|still 500 ml: 45, still 1.5 l: 69, sparkling 500 ml: 55, sparkling 1 l: 75
Cola|54|330 ml: 89, 1.5 l: 199, sugar-free 330 ml: 89, sugar-free 1.5 l: 199
Lemonade|54|330 ml: 89, 1.5 l: 189
Tonic water|54|200 ml: 99, 1 l: 219
Iced tea|54|lemon 500 ml: 129, peach 500 ml: 129, lemon 1.5 l: 219
Orange juice|60|chilled 1 l: 329, long life 1 l: 199
Apple juice|60|clear 1 l: 189, cloudy 1 l: 229
Energy drink|52|250 ml: 129, sugar-free 250 ml: 129
Lager|60|330 ml: 109, 6 pack: 599, alcohol-free 330 ml: 109
Wheat beer|60|500 ml: 149, alcohol-free 500 ml: 149
Cider|58|dry 330 ml: 189, sweet 330 ml: 189
Red wine|62|table 750 ml: 499, reserve 750 ml: 999
White wine|62|table 750 ml: 499, dry 750 ml: 899
Sparkling wine|62|brut 750 ml: 799, rosé 750 ml: 849
Ginger beer|54|330 ml: 149
Kombucha|56|ginger 330 ml: 249, berries 330 ml: 249
Household|standard
Washing-up liquid|54|500 ml: 159, 1 l: 269, lemon 500 ml: 159
Dishwasher tablets|56|30: 599, 60: 1099
Laundry liquid|56|20 washes: 499, 40 washes: 899, colour 20 washes: 519
Fabric softener|54|1 l: 229
All-purpose cleaner|54|750 ml: 199, spray 500 ml: 229
Bathroom cleaner|54|spray 750 ml: 249
Glass cleaner|54|spray 500 ml: 199
Bleach|52|1 l: 129
Sponges|50|3 pack: 149
Dish cloths|50|3 pack: 199, microfibre 4 pack: 399
Bin bags|52|20 l 30: 199, 35 l 20: 229, 60 l 10: 249
Kitchen roll|60|2 rolls: 219, 4 rolls: 399
Toilet paper|62|4 rolls: 249, 8 rolls: 459, 12 rolls: 649
Foil|54|aluminium 10 m: 229, cling film 30 m: 179, baking paper 20 sheets: 199
Candles|50|tea lights 30: 399, pillar: 299, dinner 4: 349
Matches|48|3 boxes: 99
Batteries|52|AA 4: 449, AAA 4: 449, 9 V: 399
Light bulb|54|E27 warm: 349, E27 daylight: 349, E14 warm: 329
Broom|50|indoor: 699, outdoor: 899
Rubber gloves|48|M: 199, L: 199
Personal care|standard
Toothpaste|54|mint 75 ml: 199, sensitive 75 ml: 349, children 50 ml: 229
Toothbrush|50|soft: 199, medium: 199, bamboo: 299
Soap|50|olive 100 g: 149, lavender 100 g: 169, liquid 300 ml: 199, refill 500 ml: 249
Shower gel|52|citrus 250 ml: 219, fresh 250 ml: 219, sensitive 250 ml: 239
Shampoo|54|normal 300 ml: 279, dry hair 300 ml: 299, children 250 ml: 279
Conditioner|54|normal 250 ml: 279, dry hair 250 ml: 299
Deodorant|54|roll-on 50 ml: 229, spray 150 ml: 279
Hand cream|52|75 ml: 249
Sun cream|56|factor 30 200 ml: 899, factor 50 200 ml: 999
Razor blades|54|4: 799
Cotton pads|50|80: 149
Tissues|52|10 packs: 179, box 100: 169
Plasters|52|assorted 20: 249
Face cream|56|day 50 ml: 799, night 50 ml: 849
Lip balm|50|plain: 199, cherry: 219
Baby|standard
Nappies|64|size 2 40: 899, size 3 36: 899, size 4 32: 899, size 5 28: 899
Baby wipes|54|64: 199, 3 pack: 529
Baby food|60|apple 4 pack: 299, carrot 190 g: 129, pasta 190 g: 149
Pets|standard
Dog food|58|dry 1.5 kg: 599, tin 400 g: 139, treats 150 g: 229
Cat food|58|dry 1 kg: 499, pouches 12: 549, treats 60 g: 149
Cat litter|54|5 l: 399, 10 l: 699
Stationery|standard
Notebook|48|A5 lined: 249, A5 squared: 249, A4 lined: 349
Ballpoint pens|46|blue 4: 199, black 4: 199
Pencils|46|HB 6: 179, coloured 12: 349
Adhesive tape|46|clear 2: 199, parcel: 249
Envelopes|46|C6 25: 199, C4 10: 219
Birthday card|40|flowers: 249, balloons: 249, blank: 199
Glue|46|stick 20 g: 149, liquid 100 ml: 199
Books and papers|super_reduced
Daily newspaper|78|weekday: 200, weekend: 350
Magazine|72|puzzle: 295, gardening: 495, cooking: 495
Paperback|66|novel: 1295, crime: 1195, short stories: 1095
"""

# Not counted: bags, and what people do. Name, category, unit, price, cost share.
UNCOUNTED = [
    ("Paper bag", "Services", "piece", 15, 40),
    ("Cotton bag", "Services", "piece", 199, 50),
    ("Gift wrapping", "Services", "piece", 250, 30),
    ("Home delivery", "Services", "piece", 490, 60),
    ("Party platter preparation", "Services", "hour", 2400, 55),
]
