"""What the people of the demo offer: title, category, country and city, price in minor units, text."""

CYCLING = "/sporting-goods/outdoor-recreation/cycling/"
CAMPING = "/sporting-goods/outdoor-recreation/camping-and-hiking/"
BOATING = "/sporting-goods/outdoor-recreation/boating-and-water-sports/"
SNOW = "/sporting-goods/outdoor-recreation/winter-sports-and-activities/"
FITNESS = "/sporting-goods/fitness-and-general-exercise-equipment/"
MUSIC = "/arts-and-entertainment/hobbies-and-creative-arts/musical-instruments/"
HOBBIES = "/arts-and-entertainment/hobbies-and-creative-arts/"
OPTICS = "/cameras-and-optics/"
ELECTRONICS = "/electronics/"
KITCHEN = "/home-and-garden/kitchen-and-dining/"
HOME = "/home-and-garden/"
TOOLS = "/hardware/tools/"
CLOTHING = "/apparel-and-accessories/"
TOYS = "/toys-and-games/"
VEHICLES = "/vehicles-and-parts/vehicles/motor-vehicles/"

ITEMS = [
    ("Steel touring bicycle, 56 cm", CYCLING + "bicycles/", "PT", "Lisbon", 42000, "New chain and tyres last summer. Racks stay on."),
    ("Children's bicycle, 20 inch, blue", CYCLING + "bicycles/", "NL", "Utrecht", 6500, "Outgrown. Brakes and lights work."),
    ("Folding bicycle, six gears", CYCLING + "bicycles/", "GB", "London", 31000, "Fits under a train seat. Small scratch on the frame."),
    ("Carbon road bike wheelset", CYCLING + "bicycle-parts/", "IT", "Milan", 55000, "True and round, about 4,000 km. Rim brake."),
    ("Two-person trekking tent", CAMPING + "tents/", "NO", "Oslo", 120000, "Used on five trips, dry stored, no holes."),
    ("Family tent with two rooms", CAMPING + "tents/", "DE", "Berlin", 18000, "One pole was replaced. All pegs are there."),
    ("Down sleeping bag, comfort to -5 °C", CAMPING + "sleeping-bags/", "CZ", "Prague", 320000, "Washed with down soap, lofts like new."),
    ("Hiking backpack, 60 litres", "/luggage-and-bags/backpacks/", "AT", "Vienna", 8500, "With rain cover. One buckle replaced."),
    ("Single sea kayak with paddle", BOATING + "boating-and-rafting/", "DK", "Copenhagen", 380000, "Dry hatches, rudder works. Pick up only."),
    ("Longboard for surfing, 9 feet", BOATING + "surfing/", "PT", "Porto", 27000, "Two repaired dings, watertight."),
    ("Snorkelling set, size L", BOATING + "diving-and-snorkeling/", "EG", "Cairo", 90000, "Mask, snorkel and fins, used twice."),
    ("All-mountain skis, 172 cm, with bindings", SNOW + "skiing-and-snowboarding/", "CH", "Zürich", 19000, "Edges ground and waxed."),
    ("Snowshoes with poles", SNOW + "snowshoeing/", "CA", "Montréal", 7500, "For boots up to size 46."),
    ("Adjustable dumbbells, 2 to 24 kg", FITNESS + "weight-lifting/free-weights-dumbbells-and-kettlebells/", "US", "Chicago", 16000, "Pair with stand."),
    ("Cork yoga mat and two blocks", FITNESS + "yoga-and-pilates/yoga-and-pilates-mats/", "ES", "Madrid", 2500, "Hardly used."),
    ("Fly fishing rod, 9 ft, class 5", "/sporting-goods/outdoor-recreation/fishing/fishing-rods/", "NZ", "Auckland", 21000, "With reel and tube."),
    ("Half set of golf clubs, right-handed", "/sporting-goods/outdoor-recreation/golf/golf-clubs/", "ZA", "Cape Town", 180000, "Seven irons, putter and bag."),
    ("Concert guitar with solid spruce top", MUSIC + "string-instruments/", "ES", "Sevilla", 48000, "Warm sound, new strings, soft case."),
    ("Electric bass, four strings", MUSIC + "string-instruments/", "BR", "São Paulo", 145000, "Set up last month."),
    ("Digital piano, 88 weighted keys", MUSIC + "electronic-musical-instruments/", "FR", "Lyon", 39000, "With stand and pedal. Downstairs neighbours recommend it."),
    ("Student alto saxophone", MUSIC + "woodwinds/", "BE", "Brussels", 52000, "Overhauled in 2024, receipt available."),
    ("Cajon, birch", MUSIC + "percussion/", "PE", "Lima", 22000, "Handmade, adjustable snares."),
    ("Accordion, 72 bass", MUSIC + "accordions-and-concertinas/", "AR", "Buenos Aires", 45000000, "Plays well; one key is yellowed."),
    ("Model train set, H0, starter", HOBBIES + "model-making/model-trains-and-train-sets/", "DE", "Hamburg", 14000, "Oval track, two locomotives, seven wagons."),
    ("Box of postage stamps, 1950 to 1990", HOBBIES + "collectibles/postage-stamps/", "HU", "Budapest", 1500000, "About two thousand, unsorted."),
    ("Mirrorless camera with kit lens", OPTICS + "cameras/digital-cameras/", "IE", "Dublin", 46000, "12,000 shutter actuations, two batteries."),
    ("Portrait lens, 85 mm f/1.8", OPTICS + "camera-and-optic-accessories/camera-and-video-camera-lenses/camera-lenses/", "SE", "Stockholm", 310000, "Clean glass, no fungus."),
    ("Binoculars 8x42", OPTICS + "optics/binoculars/", "KE", "Nairobi", 1450000, "Good for birds. Strap included."),
    ("Telescope, 114 mm reflector", OPTICS + "optics/scopes/telescopes/", "CL", "Santiago", 145000, "With two eyepieces; mirror cleaned."),
    ("Laptop, 14 inch, 16 GB memory", ELECTRONICS + "computers/laptops/", "PL", "Warsaw", 165000, "Battery at 87 percent, fresh system."),
    ("Desktop computer, quiet, 32 GB memory", ELECTRONICS + "computers/desktop-computers/", "IN", "Bengaluru", 4200000, "Large slow fans. No monitor."),
    ("Tablet with keyboard cover", ELECTRONICS + "computers/tablet-computers/", "MX", "Guadalajara", 520000, "Screen protector since day one."),
    ("E-book reader, 6 inch", ELECTRONICS + "computers/handheld-devices/e-book-readers/", "FI", "Helsinki", 5500, "Light works, small scratch on the back."),
    ("Mobile phone, 128 GB, unlocked", ELECTRONICS + "communications/telephony/mobile-and-smart-phones/", "NG", "Lagos", 28500000, "With charger and case."),
    ("27 inch monitor, 1440p", ELECTRONICS + "video/computer-monitors/", "NL", "Amsterdam", 15000, "No dead pixels. Stand turns."),
    ("Over-ear headphones, closed", ELECTRONICS + "audio/audio-components/headphones-and-headsets/", "JP", "Tokyo", 14000, "New ear pads."),
    ("Bookshelf loudspeakers, pair", ELECTRONICS + "audio/audio-components/speakers/", "GB", "Manchester", 12000, "Walnut veneer, grilles included."),
    ("Record player with new needle", ELECTRONICS + "audio/audio-players-and-recorders/turntables-and-record-players/", "AU", "Melbourne", 18000, "Belt drive, dust cover has hairlines."),
    ("Video game console with two controllers", ELECTRONICS + "video-game-consoles/", "CO", "Bogotá", 90000000, "Reset and cleaned, five games."),
    ("Television, 43 inch", ELECTRONICS + "video/televisions/", "ZA", "Johannesburg", 310000, "Wall mount included."),
    ("Laser printer, black and white", ELECTRONICS + "print-copy-scan-and-fax/printers-copiers-and-fax-machines/", "GH", "Accra", 95000, "Toner at about half."),
    ("Espresso machine with grinder", KITCHEN + "kitchen-appliances/coffee-makers-and-espresso-machines/", "IT", "Rome", 33000, "Descaled, new gaskets."),
    ("Stand mixer, 5 litres", KITCHEN + "kitchen-appliances/food-mixers-and-blenders/", "US", "Austin", 17500, "Three attachments."),
    ("Cast iron casserole, 28 cm", KITCHEN + "cookware-and-bakeware/cookware/", "FR", "Paris", 9000, "Enamel without chips."),
    ("Dinner service for eight", KITCHEN + "tableware/dinnerware/", "PL", "Kraków", 42000, "White porcelain, complete."),
    ("Chef's knife, 21 cm, carbon steel", KITCHEN + "kitchen-tools-and-utensils/kitchen-knives/", "JP", "Osaka", 9800, "Freshly sharpened."),
    ("Refrigerator with freezer, 185 cm", KITCHEN + "kitchen-appliances/refrigerators/", "GR", "Athens", 21000, "Quiet, clean, moving out at the end of the month."),
    ("Washing machine, 7 kg", HOME + "household-appliances/laundry-appliances/washing-machines/", "TR", "Istanbul", 750000, "Works, door seal replaced."),
    ("Vacuum cleaner, corded", HOME + "household-appliances/vacuums/", "SG", "Singapore", 8000, "Ten spare bags."),
    ("Three-seat sofa, grey wool", "/furniture/sofas/", "DK", "Copenhagen", 290000, "Smoke-free home; cat-free too."),
    ("Oak writing desk with drawers", "/furniture/office-furniture/desks/", "GB", "Edinburgh", 16500, "140 by 70 cm, some ink stains with history."),
    ("Office chair with mesh back", "/furniture/office-furniture/office-chairs/", "ES", "Barcelona", 11000, "All adjustments work."),
    ("Bookcase, pine, five shelves", "/furniture/shelving/bookcases-and-standing-shelves/", "CA", "Toronto", 4000, "Already taken apart."),
    ("Brass floor lamp", HOME + "lighting/lamps/", "MX", "Mexico City", 135000, "Rewired, LED bulb included."),
    ("Hand-knotted rug, 2 by 3 m", HOME + "decor/rugs/", "TR", "Istanbul", 1850000, "Professionally washed."),
    ("Round mirror, 80 cm", HOME + "decor/mirrors/", "BR", "Curitiba", 38000, "Oak frame."),
    ("Monstera, 1.2 m, in pot", HOME + "plants/indoor-and-outdoor-plants/", "SG", "Singapore", 4500, "Grows faster than our flat."),
    ("Hand lawn mower", HOME + "lawn-and-garden/outdoor-power-equipment/lawn-mowers/", "NZ", "Wellington", 6000, "Blades sharpened in spring."),
    ("Cotton hammock with stand", HOME + "lawn-and-garden/outdoor-living/hammocks/", "BR", "Rio de Janeiro", 32000, "Holds two people."),
    ("Cordless drill with two batteries", TOOLS + "drills/", "US", "Seattle", 7500, "Charger and case included."),
    ("Table saw with guide", TOOLS + "saws/table-saws/", "AU", "Sydney", 32000, "Cuts square. Heavy: bring help."),
    ("Aluminium ladder, 3 by 9 steps", TOOLS + "ladders-and-scaffolding/ladders/", "PT", "Lisbon", 9500, "Straight, all feet there."),
    ("Waxed winter jacket, size M", CLOTHING + "clothing/outerwear/coats-and-jackets/", "GB", "London", 9000, "Re-waxed this autumn."),
    ("Leather hiking boots, size 43", CLOTHING + "shoes/boots/", "AT", "Vienna", 7000, "Resoled once."),
    ("Mechanical wrist watch, 38 mm", CLOTHING + "jewelry/watches/", "CH", "Zürich", 42000, "Serviced in 2025, runs four seconds fast a day."),
    ("Leather handbag, brown", CLOTHING + "handbags-wallets-and-cases/handbags/", "KR", "Seoul", 95000, "Strap adjusted by a saddler."),
    ("Carry-on suitcase, four wheels", "/luggage-and-bags/suitcases/carry-on-suitcases/", "TH", "Bangkok", 180000, "Wheels roll quietly."),
    ("Strategy board game, complete", TOYS + "games/board-games/", "DE", "Munich", 2800, "Cards sleeved."),
    ("Building bricks, 6 kg, mixed", TOYS + "toys/building-toys/", "NL", "Rotterdam", 6000, "Washed and sorted by colour."),
    ("Wooden jigsaw puzzle, 1,000 pieces", TOYS + "puzzles/jigsaw-puzzles/", "IN", "Mumbai", 120000, "Complete, counted twice."),
    ("Pushchair with rain cover", "/baby-and-toddler/baby-transport/baby-strollers/", "IE", "Dublin", 13000, "Folds with one hand."),
    ("Set of crime novels, 24 paperbacks", "/media/books/print-books/", "AU", "Melbourne", 3500, "Some spines are creased."),
    ("Jazz records, box of 40", "/media/music-and-sound-recordings/records-and-lps/", "US", "New York City", 26000, "Mostly very good plus."),
    ("Aquarium, 120 litres, with filter", "/animals-and-pet-supplies/pet-supplies/fish-and-aquatic-supplies/aquariums/", "PH", "Manila", 650000, "Glass lid and LED light."),
    ("Insulated dog house", "/animals-and-pet-supplies/pet-supplies/dog-supplies/dog-houses/", "CA", "Vancouver", 14000, "For dogs up to 25 kg."),
    ("Commuter scooter, 125 cc", VEHICLES + "motorcycles-and-scooters/", "ID", "Jakarta", 1450000000, "Taxed until August, one owner."),
    ("Small estate car, 2017, petrol", VEHICLES + "cars-trucks-and-vans/", "CZ", "Prague", 18500000, "Service book complete, winter tyres."),
    ("Van for campers, 2015, diesel", VEHICLES + "cars-trucks-and-vans/", "FR", "Lyon", 1390000, "Insulated, bed and shelves built in."),
]

CURRENCIES = {
    "AR": "ARS", "AT": "EUR", "AU": "AUD", "BE": "EUR", "BR": "BRL", "CA": "CAD", "CH": "CHF", "CL": "CLP", "CO": "COP",
    "CZ": "CZK", "DE": "EUR", "DK": "DKK", "EG": "EGP", "ES": "EUR", "FI": "EUR", "FR": "EUR", "GB": "GBP", "GH": "GHS",
    "GR": "EUR", "HU": "HUF", "ID": "IDR", "IE": "EUR", "IN": "INR", "IT": "EUR", "JP": "JPY", "KE": "KES", "KR": "KRW",
    "MX": "MXN", "NG": "NGN", "NL": "EUR", "NO": "NOK", "NZ": "NZD", "PE": "PEN", "PH": "PHP", "PL": "PLN", "PT": "EUR",
    "SE": "SEK", "SG": "SGD", "TH": "THB", "TR": "TRY", "US": "USD", "ZA": "ZAR",
}
