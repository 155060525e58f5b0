"""DICOMweb: storing over the web (STOW-RS, PS3.18 10.5), bound to a site by a bearer token."""
