"""Papers and files for people outside: each lays out values of the domain and decides nothing."""
