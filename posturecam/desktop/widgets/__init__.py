"""Parts that several pages share: theme, icons, charts, figures, fields."""
