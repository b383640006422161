"""What is personal of packs, thresholds and prepaid lines: nothing that names a person, only what a line has."""

from linehouse.platform.personal.declare import not_personal

not_personal("balance_pack", "once_key", "product_number", "offering_name", "why_ended", "renewal")
not_personal("balance_packpayment", "tax_code", "gl", "covered_start", "covered_end")
not_personal("balance_threshold", "origin", "measure", "source", "zone")
not_personal("balance_prepaidline", "rest_kept_as", "rest_currency")
