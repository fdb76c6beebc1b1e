"""Who works on the site: their groups, their invitation, the mails that they get."""
