"""Mobile country codes (ITU-T E.212 Annex) and the national area codes of countries that share a calling code."""

from __future__ import annotations

from collections.abc import Mapping

MCC: Mapping[str, str] = {
    "202": "GR", "204": "NL", "206": "BE", "208": "FR", "212": "MC", "213": "AD", "214": "ES", "216": "HU",
    "218": "BA", "219": "HR", "220": "RS", "221": "XK", "222": "IT", "225": "VA", "226": "RO", "228": "CH",
    "230": "CZ", "231": "SK", "232": "AT", "234": "GB", "235": "GB", "238": "DK", "240": "SE", "242": "NO",
    "244": "FI", "246": "LT", "247": "LV", "248": "EE", "250": "RU", "255": "UA", "257": "BY", "259": "MD",
    "260": "PL", "262": "DE", "266": "GI", "268": "PT", "270": "LU", "272": "IE", "274": "IS", "276": "AL",
    "278": "MT", "280": "CY", "282": "GE", "283": "AM", "284": "BG", "286": "TR", "288": "FO", "289": "GE",
    "290": "GL", "292": "SM", "293": "SI", "294": "MK", "295": "LI", "297": "ME",
    "302": "CA", "308": "PM", "310": "US", "311": "US", "312": "US", "313": "US", "314": "US", "315": "US",
    "316": "US", "330": "PR", "332": "VI", "334": "MX", "338": "JM", "340": "GP", "342": "BB", "344": "AG",
    "346": "KY", "348": "VG", "350": "BM", "352": "GD", "354": "MS", "356": "KN", "358": "LC", "360": "VC",
    "362": "CW", "363": "AW", "364": "BS", "365": "AI", "366": "DM", "368": "CU", "370": "DO", "372": "HT",
    "374": "TT", "376": "TC",
    "400": "AZ", "401": "KZ", "402": "BT", "404": "IN", "405": "IN", "406": "IN", "410": "PK", "412": "AF",
    "413": "LK", "414": "MM", "415": "LB", "416": "JO", "417": "SY", "418": "IQ", "419": "KW", "420": "SA",
    "421": "YE", "422": "OM", "424": "AE", "425": "IL", "426": "BH", "427": "QA", "428": "MN", "429": "NP",
    "430": "AE", "431": "AE", "432": "IR", "434": "UZ", "436": "TJ", "437": "KG", "438": "TM", "440": "JP",
    "441": "JP", "450": "KR", "452": "VN", "454": "HK", "455": "MO", "456": "KH", "457": "LA", "460": "CN",
    "461": "CN", "466": "TW", "467": "KP", "470": "BD", "472": "MV",
    "502": "MY", "505": "AU", "510": "ID", "514": "TL", "515": "PH", "520": "TH", "525": "SG", "528": "BN",
    "530": "NZ", "536": "NR", "537": "PG", "539": "TO", "540": "SB", "541": "VU", "542": "FJ", "543": "WF",
    "544": "AS", "545": "KI", "546": "NC", "547": "PF", "548": "CK", "549": "WS", "550": "FM", "551": "MH",
    "552": "PW", "553": "TV", "554": "TK", "555": "NU",
    "602": "EG", "603": "DZ", "604": "MA", "605": "TN", "606": "LY", "607": "GM", "608": "SN", "609": "MR",
    "610": "ML", "611": "GN", "612": "CI", "613": "BF", "614": "NE", "615": "TG", "616": "BJ", "617": "MU",
    "618": "LR", "619": "SL", "620": "GH", "621": "NG", "622": "TD", "623": "CF", "624": "CM", "625": "CV",
    "626": "ST", "627": "GQ", "628": "GA", "629": "CG", "630": "CD", "631": "AO", "632": "GW", "633": "SC",
    "634": "SD", "635": "RW", "636": "ET", "637": "SO", "638": "DJ", "639": "KE", "640": "TZ", "641": "UG",
    "642": "BI", "643": "MZ", "645": "ZM", "646": "MG", "647": "RE", "648": "ZW", "649": "NA", "650": "MW",
    "651": "LS", "652": "BW", "653": "SZ", "654": "KM", "655": "ZA", "657": "ER", "658": "SH", "659": "SS",
    "702": "BZ", "704": "GT", "706": "SV", "708": "HN", "710": "NI", "712": "CR", "714": "PA", "716": "PE",
    "722": "AR", "724": "BR", "730": "CL", "732": "CO", "734": "VE", "736": "BO", "738": "GY", "740": "EC",
    "744": "PY", "746": "SR", "748": "UY", "750": "FK",
}  # fmt: skip
"""The country (ISO 3166-1 alpha-2; XK for Kosovo) of each MCC. 901 and the other shared codes belong to none."""

CANADIAN_AREAS = (
    "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367", "368", "382",
    "387", "403", "416", "418", "428", "431", "437", "438", "450", "460", "468", "474", "506", "514", "519",
    "537", "548", "568", "579", "581", "584", "587", "604", "613", "639", "647", "672", "683", "705", "709",
    "742", "753", "778", "780", "782", "807", "819", "825", "867", "873", "879", "902", "905", "942",
)  # fmt: skip
"""Area codes of Canada in the North American Numbering Plan."""

SHARED_CODES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "1": {
        "CA": CANADIAN_AREAS,
        "AG": ("268",), "AI": ("264",), "AS": ("684",), "BB": ("246",), "BM": ("441",), "BS": ("242",),
        "DM": ("767",), "DO": ("809", "829", "849"), "GD": ("473",), "GU": ("671",), "JM": ("658", "876"),
        "KN": ("869",), "KY": ("345",), "LC": ("758",), "MP": ("670",), "MS": ("664",), "PR": ("787", "939"),
        "SX": ("721",), "TC": ("649",), "TT": ("868",), "VC": ("784",), "VG": ("284",), "VI": ("340",),
    },
    "7": {"KZ": ("6", "7")},
    "39": {"VA": ("06698",)},
    "44": {
        "GG": ("1481", "7781", "7839", "7911"),
        "JE": ("1534", "7509", "7700", "7797", "7829", "7937"),
        "IM": ("1624", "74576", "7524", "7624", "7924"),
    },
    "47": {"SJ": ("79",)},
    "61": {"CC": ("89162",), "CX": ("89164",)},
    "212": {"EH": ("5288", "5289")},
    "262": {"YT": ("269", "639", "7093", "9398", "9399")},
    "290": {"TA": ("8",)},
    "358": {"AX": ("18",)},
    "599": {"BQ": ("3", "4", "7")},
}  # fmt: skip
"""National prefixes of the countries that are not the main one of a calling code: they are longer and so they win."""

ALPHA3: Mapping[str, str] = {
    "GRC": "GR", "NLD": "NL", "BEL": "BE", "FRA": "FR", "MCO": "MC", "AND": "AD", "ESP": "ES", "HUN": "HU",
    "BIH": "BA", "HRV": "HR", "SRB": "RS", "YUG": "RS", "ITA": "IT", "ROM": "RO", "ROU": "RO", "CHE": "CH",
    "CZE": "CZ", "SVK": "SK", "AUT": "AT", "GBR": "GB", "DNK": "DK", "SWE": "SE", "NOR": "NO", "FIN": "FI",
    "LTU": "LT", "LVA": "LV", "EST": "EE", "RUS": "RU", "UKR": "UA", "BLR": "BY", "MDA": "MD", "POL": "PL",
    "DEU": "DE", "GIB": "GI", "PRT": "PT", "LUX": "LU", "IRL": "IE", "ISL": "IS", "ALB": "AL", "MLT": "MT",
    "CYP": "CY", "GEO": "GE", "ARM": "AM", "BGR": "BG", "TUR": "TR", "FRO": "FO", "GRL": "GL", "SMR": "SM",
    "SVN": "SI", "MKD": "MK", "LIE": "LI", "MNE": "ME", "UNK": "XK", "XKX": "XK", "CAN": "CA", "SPM": "PM",
    "USA": "US", "PRI": "PR", "VIR": "VI", "MEX": "MX", "JAM": "JM", "GLP": "GP", "BRB": "BB", "ATG": "AG",
    "CYM": "KY", "VGB": "VG", "BMU": "BM", "GRD": "GD", "MSR": "MS", "KNA": "KN", "LCA": "LC", "VCT": "VC",
    "ANT": "CW", "CUW": "CW", "ABW": "AW", "BHS": "BS", "AIA": "AI", "DMA": "DM", "CUB": "CU", "DOM": "DO",
    "HTI": "HT", "TTO": "TT", "TCA": "TC", "AZE": "AZ", "KAZ": "KZ", "BTN": "BT", "IND": "IN", "PAK": "PK",
    "AFG": "AF", "LKA": "LK", "MMR": "MM", "LBN": "LB", "JOR": "JO", "SYR": "SY", "IRQ": "IQ", "KWT": "KW",
    "SAU": "SA", "YEM": "YE", "OMN": "OM", "ARE": "AE", "ISR": "IL", "PSE": "PS", "BHR": "BH", "QAT": "QA",
    "MNG": "MN", "NPL": "NP", "IRN": "IR", "UZB": "UZ", "TJK": "TJ", "KGZ": "KG", "TKM": "TM", "JPN": "JP",
    "KOR": "KR", "VNM": "VN", "HKG": "HK", "MAC": "MO", "KHM": "KH", "LAO": "LA", "CHN": "CN", "TWN": "TW",
    "PRK": "KP", "BGD": "BD", "MDV": "MV", "MYS": "MY", "AUS": "AU", "IDN": "ID", "TLS": "TL", "PHL": "PH",
    "THA": "TH", "SGP": "SG", "BRN": "BN", "NZL": "NZ", "NRU": "NR", "PNG": "PG", "TON": "TO", "SLB": "SB",
    "VUT": "VU", "FJI": "FJ", "NCL": "NC", "PYF": "PF", "COK": "CK", "WSM": "WS", "FSM": "FM", "EGY": "EG",
    "DZA": "DZ", "MAR": "MA", "TUN": "TN", "LBY": "LY", "GMB": "GM", "SEN": "SN", "MRT": "MR", "MLI": "ML",
    "GIN": "GN", "CIV": "CI", "BFA": "BF", "NER": "NE", "TGO": "TG", "BEN": "BJ", "MUS": "MU", "LBR": "LR",
    "SLE": "SL", "GHA": "GH", "NGA": "NG", "TCD": "TD", "CAF": "CF", "CMR": "CM", "CPV": "CV", "STP": "ST",
    "GNQ": "GQ", "GAB": "GA", "COG": "CG", "COD": "CD", "AGO": "AO", "GNB": "GW", "SYC": "SC", "SDN": "SD",
    "RWA": "RW", "ETH": "ET", "SOM": "SO", "DJI": "DJ", "KEN": "KE", "TZA": "TZ", "UGA": "UG", "BDI": "BI",
    "MOZ": "MZ", "ZMB": "ZM", "MDG": "MG", "REU": "RE", "ZWE": "ZW", "NAM": "NA", "MWI": "MW", "LSO": "LS",
    "BWA": "BW", "SWZ": "SZ", "COM": "KM", "ZAF": "ZA", "ERI": "ER", "SHN": "SH", "SSD": "SS", "BLZ": "BZ",
    "GTM": "GT", "SLV": "SV", "HND": "HN", "NIC": "NI", "CRI": "CR", "PAN": "PA", "PER": "PE", "ARG": "AR",
    "BRA": "BR", "CHL": "CL", "COL": "CO", "VEN": "VE", "BOL": "BO", "GUY": "GY", "ECU": "EC", "PRY": "PY",
    "SUR": "SR", "URY": "UY", "FLK": "FK",
}  # fmt: skip
"""ISO 3166-1 alpha-3 to alpha-2 of the countries with a mobile country code: TADIG codes begin so (GSMA TD.13)."""
