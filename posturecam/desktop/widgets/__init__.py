"""Parts shared by several pages: theme, icons, controls, layouts, what the user can ask for."""
