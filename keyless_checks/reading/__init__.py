"""What the templates of an environment say: resources and references, rights, paths. Judges nothing."""
