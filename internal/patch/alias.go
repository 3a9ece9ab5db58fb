package patch

// This file keeps aliases of YAML true. While a tree is changed, an alias is a copy of
// what it repeats; only when the tree is written is it decided whether it still says
// the same. So a change of what has an anchor does not change what repeats it, and a
// change that both have made leaves the alias as it is.

// Copied returns the nodes that had been aliases, or had members from a merge (<<), and
// were written out since they no longer say what the anchor says. It is known after
// Write.
func (t *Tree) Copied() []*Node { return t.copied }

// settle decides about the aliases in the order of the text.
func (t *Tree) settle() {
	s := &settling{tree: t, seen: make(map[*Node]bool), names: make(map[string]*Node)}
	s.node(t.root.Value)
}

type settling struct {
	tree  *Tree
	seen  map[*Node]bool   // anchors so far
	names map[string]*Node // the last one of each name
}

func (s *settling) node(n *Node) {
	if n.alias != nil {
		if !s.holds(n) {
			s.tree.copied = append(s.tree.copied, n)
			n.up.Replace(n.Copy())
		}
		return
	}
	if n.anchor != "" {
		s.seen[n] = true
		s.names[n.anchor] = n
	}
	for i := 0; i < len(n.members); i++ {
		if m := n.members[i]; m.merge {
			s.merge(n, m)
		}
	}
	for i := 0; i < len(n.members); i++ {
		if m := n.members[i]; !m.merge && !m.inherited {
			s.node(m.Value)
		}
	}
}

// holds reports whether an alias still says what its anchor says.
func (s *settling) holds(n *Node) bool {
	return s.seen[n.alias] && s.names[n.alias.anchor] == n.alias && n.equals(n.alias)
}

// merge keeps a merge if all that comes from it is in the object: what differs is
// written beside it. Else it is written out.
func (s *settling) merge(n *Node, m *Member) {
	names := make(map[string]*Node)
	keep := s.sources(m.Value, names)
	has := make(map[string]bool, len(n.members))
	for _, inner := range n.members {
		has[inner.Name] = has[inner.Name] || !inner.merge
	}
	for name := range names {
		keep = keep && has[name]
	}
	changed := !keep
	for _, inner := range n.members {
		if !inner.inherited {
			continue
		}
		from := names[inner.Name]
		if keep && from != nil && from.equals(inner.Value) {
			continue
		}
		inner.inherited, inner.home = false, nil
		inner.Value = inner.Value.Copy()
		inner.Value.up = inner
		changed = true
		n.touch()
	}
	if !keep {
		m.Remove()
	}
	if changed {
		s.tree.copied = append(s.tree.copied, n)
	}
}

// sources collects what a merge gives, and reports whether it can.
func (s *settling) sources(n *Node, names map[string]*Node) bool {
	if n.alias == nil && n.anchor == "" && n.tag == "" && len(n.visible()) > 0 && n.members[0].Name == "" {
		ok := true
		for _, one := range n.Items() {
			ok = s.sources(one, names) && ok
		}
		return ok
	}
	from := n
	if n.alias != nil {
		if from = n.alias; !s.seen[from] || s.names[from.anchor] != from {
			return false
		}
	}
	for name, v := range from.Members() {
		if names[name] == nil {
			names[name] = v
		}
	}
	return true
}
