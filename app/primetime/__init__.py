"""Prime Time: research opportunities in the medical literature."""
