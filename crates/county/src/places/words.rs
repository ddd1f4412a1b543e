//! The words that places are named with.

pub(super) const WEXCOMBE: [&str; 14] = [
    "Wexcombe",
    "Quenby",
    "Harlow Stoke",
    "Nether Pindle",
    "Brackmoor",
    "Fennistone",
    "Little Tarrow",
    "Osmering",
    "Pell Green",
    "Staverley",
    "Thornwick St Anne",
    "Upper Cropley",
    "Wendlebury Cross",
    "Yarnholt",
];

pub(super) const ORRINFORD: [&str; 12] = [
    "Orrinford",
    "Aldermarsh",
    "Bexhampton",
    "Cold Ashgrove",
    "Dunnet Magna",
    "Eastry Vale",
    "Gorsefield",
    "Hexley",
    "Kilverstoke",
    "Lambrigg",
    "Mossbury",
    "Ravensthwaite",
];

pub(super) const NETHERSHIRE: [&str; 6] =
    ["Thraxholm", "Sallowby", "Nether Wrayton", "Colvington", "Ebberlow", "Pinnock Regis"];

/// Streets where families live: words found nowhere else, so that a leaked address is unmistakable.
pub(super) const STREETS: [&str; 40] = [
    "Quillfeather",
    "Brambleskew",
    "Cindermallow",
    "Dovetarn",
    "Elderquist",
    "Fiddlewhin",
    "Gossamerley",
    "Hobblethorn",
    "Inkberrow",
    "Jessamoor",
    "Kestrelsby",
    "Larkhollin",
    "Mothersole",
    "Nettlecroft",
    "Otterbeck",
    "Pipistrelle",
    "Quarrelbeck",
    "Rookendale",
    "Sallowthorpe",
    "Tanglemere",
    "Umberslade",
    "Vetchling",
    "Whimbrel",
    "Yaffingale",
    "Zephyrine",
    "Appledrift",
    "Buntingrove",
    "Corncrakely",
    "Dunnockby",
    "Eiderwhistle",
    "Fieldfareby",
    "Godwitley",
    "Hawfinchet",
    "Ironstean",
    "Jackdawson",
    "Knapweedon",
    "Lapwingale",
    "Merlinsyke",
    "Nightjarrow",
    "Ouzelthwaite",
];

/// The second part of such a street.
pub(super) const WAYS: [&str; 10] =
    ["Row", "Terrace", "Close", "Rise", "Gardens", "Crescent", "Walk", "Mews", "Court", "Drive"];

/// Lanes where settings stand.
pub(super) const LANES: [&str; 16] = [
    "School",
    "Church",
    "Mill",
    "Station",
    "Chapel",
    "Vicarage",
    "Market",
    "Common",
    "Priory",
    "Forge",
    "Tithe Barn",
    "Pound",
    "Old Rectory",
    "Green",
    "Windmill",
    "Almshouse",
];

/// Saints; the first is the most common, as everywhere.
pub(crate) const SAINTS: [&str; 12] = [
    "St Mary's",
    "St John's",
    "St Peter's",
    "All Saints'",
    "St Joseph's",
    "Holy Trinity",
    "St Michael's",
    "St Anne's",
    "St Paul's",
    "Sacred Heart",
    "St Thomas'",
    "St Thérèse's",
];

/// Trees and fields that schools are called after.
pub(crate) const TREES: [&str; 18] = [
    "Oakfield",
    "The Willows",
    "Beechwood",
    "Hawthorn",
    "Elm Park",
    "Rowan",
    "Hillside",
    "Parkside",
    "Meadow View",
    "Longmeadow",
    "Brookside",
    "Highfield",
    "Springfield",
    "Ashgrove",
    "Greenbank",
    "Lakeside",
    "Fairfield",
    "Castle Hill",
];

/// Founders whom secondary and independent schools are called after.
pub(crate) const FOUNDERS: [&str; 14] = [
    "Lady Tarrow's",
    "Bishop Osmer's",
    "Queen Adeliza's",
    "Sir Hugh Pindle",
    "The Cropley",
    "Dame Alys",
    "Kingsmead",
    "Abbey",
    "Ridgeway",
    "The Fennistone",
    "Marlpit",
    "Northgate",
    "Eastwold",
    "Saltmarsh",
];

/// Early-years settings.
pub(crate) const EARLY: [&str; 16] = [
    "Little Acorns",
    "Busy Bees",
    "Tiny Steps",
    "Rainbow",
    "Ladybirds",
    "Sunflowers",
    "Puddleducks",
    "Bright Sparks",
    "Humpty Dumpty",
    "The Old Barn",
    "Caterpillars",
    "Happy Days",
    "First Friends",
    "Jack in the Box",
    "Daisy Chain",
    "Teddy Bears",
];

/// Childminders' trading names.
pub(crate) const MINDERS: [&str; 10] = [
    "Cosy Corner",
    "Home from Home",
    "Little Explorers",
    "Auntie's",
    "Garden Gate",
    "Stepping Stones",
    "Tiny Toes",
    "Nest",
    "Patchwork",
    "Bluebell",
];
