"""The prescription as data, and what follows from it; pure functions over report rows."""
