"""For instructors: what is made from solutions/ for students, their assignments and the pack with the whole course."""
