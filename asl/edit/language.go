package edit

func (m *machine) language(pointer, to string) error { return refuse(pointer, "x") }
