"""What is made of the days: a goal and a streak, a week in review, and a report for a physiotherapist."""
