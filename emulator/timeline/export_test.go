package timeline

// Kept returns how many branches and iterations p remembers.
func (p *Paths) Kept() int { return len(p.lines) + len(p.openings) }
