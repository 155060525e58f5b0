"""The sponsor's electronic data capture (EDC): its list of visits is compared with what Blindread holds."""
