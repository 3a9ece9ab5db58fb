// The theme that was chosen is set before the first paint; without a choice the system's is followed.
{
  let theme = null;
  try { theme = localStorage.getItem('aslocal.theme'); } catch { /* storage is off: follow the system */ }
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}
