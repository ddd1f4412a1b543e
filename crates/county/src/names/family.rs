//! Family names: for each tradition twelve, none shorter than six letters.

/// The traditions in the order that the given names have too.
pub(super) const BY_TRADITION: [[&str; 12]; 12] = [
    // English and Scottish
    [
        "Hollinshed", "Cattermole", "Winterbourne", "Thistlewood", "Arbuthnot", "Fothergill", "Ramsbottom",
        "Featherstone", "Micklethwaite", "Drinkwater", "Heslington", "Culpepper",
    ],
    // Welsh and Cornish
    [
        "Prytherch", "Gwynne-Lloyd", "Trevelyan", "Penhaligon", "Cadwgan", "Llewellyn", "Trelawney", "Pengelly",
        "Nankivell", "Meyrick", "Tregenza", "Polkinghorne",
    ],
    // Irish
    [
        "O’Shaughnessy", "McGillicuddy", "Ó Ceallaigh", "Fitzgibbon", "O'Donoghue", "MacNamara", "Gallagher",
        "Considine", "McLoughlin", "Hanrahan", "Mulqueen", "O'Halloran",
    ],
    // Polish and Ukrainian
    [
        "Szczepańska", "Wiśniewski", "Kowalczyk", "Dąbrowska", "Jabłoński", "Shevchenko", "Tkachenko", "Zieliński",
        "Kaczmarek", "Kravchuk", "Wróblewski", "Bondarenko",
    ],
    // Pakistani
    [
        "Hussain", "Chaudhry", "Siddiqui", "Rehmani", "Qureshi", "Farooqui", "Bukhari", "Mahmood", "Ghafoor",
        "Khokhar", "Malikzada", "Shafique",
    ],
    // Punjabi
    [
        "Dhaliwal", "Sandhu-Gill", "Bhullar", "Chahal-Rai", "Randhawa", "Sidhu-Bains", "Grewal", "Sangha-Deol",
        "Gakhal", "Jouhal", "Khangura", "Nijjar",
    ],
    // Gujarati and Tamil
    [
        "Patelwala", "Chaturvedi", "Srinivasan", "Thiruvarul", "Vaghela", "Limbachia", "Sivanathan", "Acharya",
        "Jadeja", "Krishnamurthy", "Ganeshan", "Solanki",
    ],
    // Yoruba, Igbo and Akan
    [
        "Adeyemi", "Okonkwo", "Balogun", "Nwachukwu", "Ogunleye", "Mensah-Bonsu", "Asantewaa", "Onyekachi",
        "Fashola", "Owusu-Ansah", "Eze-Okoli", "Babalola",
    ],
    // Somali and Arabic
    [
        "Abdullahi", "Maxamuud", "Warsame", "Cismaan", "Farahani", "Guleid", "Axmednuur", "Jaamacle", "Mahamoud",
        "Al-Jabouri", "El-Masrawy", "Diiriye",
    ],
    // Turkish, Kurdish and Cypriot
    [
        "Yıldırım", "Karaoğlu", "Demirtaş", "Papadakis", "Georgiou", "Hadjiloizou", "Çelikkol", "Özdemir",
        "Theodorou", "Kılıçdere", "Aksoylu", "Charalambous",
    ],
    // Portuguese and Romanian
    [
        "Ferreira", "Gonçalves", "Nascimento", "Vasconcelos", "Popescu", "Dumitrescu", "Munteanu", "Figueiredo",
        "Constantinescu", "Teixeira", "Ungureanu", "Albuquerque",
    ],
    // Vietnamese and Chinese
    [
        "Nguyen-Tran", "Truong", "Ouyang", "Huynh-Le", "Zhang-Liu", "Cheung-Ho", "Szeto-Wong", "Hoang-Vu",
        "Dang-Pham", "Situ-Kwan", "Leung-Mak", "Zhuge-Lin",
    ],
];

/// Family names of people who work at settings.
pub(super) const STAFF: [&str; 24] = [
    "Pettigrew", "Ollerenshaw", "Birtwistle", "Cholmondeley", "Duckworth", "Entwistle", "Gathercole", "Higginbotham",
    "Inchbald", "Jellicoe", "Kettlewell", "Lillicrap", "Mottershead", "Nettleship", "Oglethorpe", "Postlethwaite",
    "Quarmby", "Rowbotham", "Satterthwaite", "Tattersall", "Umfreville", "Wigglesworth", "Yarborough", "Zeal-Hart",
];
