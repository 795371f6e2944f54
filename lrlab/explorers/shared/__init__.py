"""What the explorers have in common; none of them imports from another."""
