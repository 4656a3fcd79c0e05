"""Parts shared by several pages: theme, icons, controls, layouts, the menu."""
