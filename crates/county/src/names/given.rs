//! Given names: for each tradition ten that girls bear and ten that boys bear, none shorter than six letters.

/// Girls' and boys' names of one tradition.
type Given = ([&'static str; 10], [&'static str; 10]);

/// The traditions in the order that the family names have too.
pub(super) const BY_TRADITION: [Given; 12] = [
    // English and Scottish
    (
        [
            "Harriet", "Beatrix", "Philippa", "Rosalind", "Imogen", "Clementine", "Arabella", "Matilda", "Ottilie",
            "Cordelia",
        ],
        [
            "Rupert", "Montgomery", "Barnaby", "Ludovic", "Alasdair", "Thaddeus", "Peregrine", "Sebastian", "Frederick",
            "Gregor",
        ],
    ),
    // Welsh and Cornish
    (
        [
            "Bronwen", "Angharad", "Rhiannon", "Morwenna", "Ceridwen", "Myfanwy", "Eluned", "Lowenna", "Tegwen",
            "Branwen",
        ],
        [
            "Gethin", "Llewelyn", "Meredydd", "Talfryn", "Petroc", "Gwilym", "Cadwalader", "Caradog", "Geraint",
            "Denzel",
        ],
    ),
    // Irish
    (
        [
            "Saoirse", "Caoimhe", "Gráinne", "Bláthnaid", "Sorcha", "Aisling", "Muireann", "Clodagh", "Deirdre",
            "Fionnuala",
        ],
        [
            "Cormac", "Diarmuid", "Fionnbar", "Fiachra", "Tadhgán", "Ruairí", "Cathal", "Eoghan", "Lorcan", "Pádraig",
        ],
    ),
    // Polish and Ukrainian
    (
        [
            "Agnieszka", "Kasiunia", "Zuzanna", "Wiktoria", "Oleksandra", "Małgorzata", "Bogumiła", "Liudmyla",
            "Zofiya", "Halyna",
        ],
        [
            "Bartosz", "Grzegorz", "Mateusz", "Zbigniew", "Przemysław", "Volodymyr", "Bohdan", "Kacper", "Wojciech",
            "Mykola",
        ],
    ),
    // Pakistani
    (
        [
            "Fatimah", "Zainab", "Khadija", "Maryam", "Nusrat", "Rukhsana", "Shabana", "Sumaira", "Tahira", "Yasmeen",
        ],
        [
            "Muhammad", "Mohammed", "Hamzah", "Bilaal", "Shahzad", "Tanveer", "Waleed", "Zulfiqar", "Junaid", "Kashif",
        ],
    ),
    // Punjabi
    (
        [
            "Harpreet", "Simran", "Jasleen", "Gurleen", "Manpreet", "Navjot", "Amrita", "Kirandeep", "Parmjit",
            "Rupinder",
        ],
        [
            "Gurpreet", "Arjanveer", "Balwinder", "Jaspal", "Harjinder", "Kulwant", "Ranjit", "Sukhdev", "Tejinder",
            "Virender",
        ],
    ),
    // Gujarati and Tamil
    (
        [
            "Ananya", "Bhavini", "Dakshita", "Hetalben", "Jayshree", "Kavitha", "Lakshmi", "Meenakshi", "Nilakshi",
            "Priyanka",
        ],
        [
            "Ashwin", "Bhavesh", "Chirag", "Dhruvil", "Hiteshbhai", "Karthik", "Mukesh", "Niranjan", "Pranav",
            "Sivakumar",
        ],
    ),
    // Yoruba, Igbo and Akan
    (
        [
            "Oluwaseun", "Adesuwa", "Chiamaka", "Ngozichi", "Folasade", "Abenaa", "Akosua", "Ifeoma", "Temitope",
            "Yetunde",
        ],
        [
            "Babatunde", "Chukwuemeka", "Ebenezer", "Kwabena", "Obinna", "Olumide", "Adebayo", "Nnamdi", "Kwadwo",
            "Olanrewaju",
        ],
    ),
    // Somali and Arabic
    (
        [
            "Hodaana", "Ifraah", "Khadra", "Nasteexo", "Sagal-Hibo", "Ayaanle", "Fowsiya", "Hamdiya", "Idilla",
            "Xaliimo",
        ],
        [
            "Abdirahman", "Cabdulle", "Faysal", "Guuleed", "Liibaan", "Maxamed", "Nuuriye", "Sharmarke", "Yuusuf",
            "Zakariye",
        ],
    ),
    // Turkish, Kurdish and Cypriot
    (
        [
            "Aysegül", "Berivan", "Despina", "Elifnur", "Gülseren", "Kyriaki", "Nilüfer", "Rojbin", "Sevgül",
            "Zeynep",
        ],
        [
            "Andreas", "Baranhan", "Çağatay", "Dimitris", "Emrecan", "Hüseyin", "Kyriacos", "Mehmet", "Şivanê",
            "Yiannis",
        ],
    ),
    // Portuguese and Romanian
    (
        [
            "Beatriz", "Conceição", "Guilhermina", "Ionela", "Luciana", "Mihaela", "Ruxandra", "Ştefania", "Teodora",
            "Violeta",
        ],
        [
            "Afonso", "Bogdan", "Cristian", "Gonçalo", "Henrique", "Laurenţiu", "Octavian", "Rodrigo", "Thiago",
            "Vasile",
        ],
    ),
    // Vietnamese and Chinese
    (
        [
            "Minh-Thu", "Bao-Ngoc", "Xiaomei", "Huong-Giang", "Ka-Ching", "Lan-Anh", "Meiling", "Phuong", "Qiu-Yue",
            "Thanh-Tam",
        ],
        [
            "Anh-Tuan", "Chi-Keung", "Duc-Minh", "Hoang-Nam", "Jianguo", "Kwok-Wai", "Quoc-Huy", "Trung-Kien",
            "Wei-Ming", "Zhihao",
        ],
    ),
];

/// Given names of people who work at settings.
pub(super) const STAFF: [&str; 24] = [
    "Audrey", "Brenda", "Carole", "Denise", "Elaine", "Frances", "Gillian", "Heather", "Jacqueline", "Kathleen",
    "Lorraine", "Maureen", "Norman", "Pauline", "Roland", "Sandra", "Trevor", "Ursula", "Vernon", "Wendy", "Shazia",
    "Olayinka", "Danuta", "Harbhajan",
];
