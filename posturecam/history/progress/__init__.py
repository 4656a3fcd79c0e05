"""Progress over days: a goal and a streak, a week in review, and a report for a physiotherapist."""
