"""What a store holds, what it costs to keep and to have again, and how it is put in order."""
