"""The pages, one file each; a page runs only when a session asks for it."""
