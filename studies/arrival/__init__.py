"""How films arrive: received, checked, de-identified, and made into reader images."""
